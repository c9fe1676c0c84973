-- One row is one click: one signal other than background, with what names it.
-- named_by: 'page' if a rule of the catalog knows the page (origin exact or inferred); 'service' for a visit, of
-- which only the service is known; 'call' for a change on a page that is not known, which only its call names;
-- 'command' for what was typed or run as a command, by whatever rule.
-- @order first_time, signal_id
-- @tables signals
-- @column named_by 'page', 'service', 'call' or 'command'
CREATE OR REPLACE VIEW clicks AS
SELECT
    s.*,
    CASE
        WHEN s.kind = 'command' THEN 'command'
        WHEN s.origin <> 'service' THEN 'page'
        WHEN s.kind IN ('view', 'list') THEN 'service'
        ELSE 'call'
    END AS named_by
FROM signals AS s
WHERE s.kind <> 'background'::signal_kind;
