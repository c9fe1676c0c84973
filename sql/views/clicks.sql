-- The clicks: all signals except background requests, and what identifies each of them. named_by is 'page' if a rule in
-- the catalog matches the page (origin exact or inferred), 'service' if only the page's service is known, 'call' for a
-- change on a page that is not in the catalog, and 'command' for a command that was typed or run.
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
