-- One row is one session, with what its identity did in it, in numbers.
-- @tables sessions
-- @column seconds From its first event to its last
-- @column services The services called, sorted
-- @column pages How many pages were opened: the different titles of its clicks
-- @column clicks Signals that a person clicked or typed, all but background
-- @column changes Signals that changed, created or deleted something
-- @column secrets Signals that read or made a secret or credential
-- @column denied Events that were refused for want of a permission
-- @column failed Events that failed, denied ones included
CREATE OR REPLACE VIEW session_summary AS
SELECT
    x.*,
    date_diff('second', x.first_time, x.last_time) AS seconds,
    COALESCE(e.services, []) AS services,
    COALESCE(s.pages, 0) AS pages,
    COALESCE(s.clicks, 0) AS clicks,
    COALESCE(s.changes, 0) AS changes,
    COALESCE(s.secrets, 0) AS secrets,
    COALESCE(e.denied, 0) AS denied,
    COALESCE(e.failed, 0) AS failed
FROM sessions AS x
LEFT JOIN (
    SELECT
        session_id,
        list_sort(list(DISTINCT service)) AS services,
        count(*) FILTER (regexp_matches(error_code, 'AccessDenied|Unauthorized|NotAuthorized|Forbidden')) AS denied,
        count(error_code) AS failed
    FROM events
    GROUP BY session_id
) AS e USING (session_id)
LEFT JOIN (
    SELECT
        session_id,
        count(DISTINCT title) FILTER (kind <> 'background'::signal_kind) AS pages,
        count(*) FILTER (kind <> 'background'::signal_kind) AS clicks,
        count(*) FILTER (kind IN ('change', 'create', 'delete')) AS changes,
        count(*) FILTER (kind = 'secret'::signal_kind) AS secrets
    FROM signals
    GROUP BY session_id
) AS s USING (session_id);
