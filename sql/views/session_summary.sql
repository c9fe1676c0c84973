-- One row is one session, with what its identity did in it, in numbers.
-- clicks = on_known_page + visits + generic_changes + commands, as in coverage.
-- @order first_time, session_id
-- @tables sessions
-- @column countries The countries of its addresses, sorted; NULL if none is known
-- @column owners The owners of the networks of its addresses, sorted; NULL if none is known
-- @column clouds The cloud ranges that its addresses are in, sorted; NULL if none is known
-- @column seconds From its first event to its last
-- @column services The services called, sorted
-- @column pages How many different titles its clicks have: that of a visit is the service
-- @column clicks Signals that a person clicked or typed, all but background
-- @column on_known_page Clicks named by a known page: origin exact or inferred, commands aside
-- @column high_confidence Clicks among on_known_page whose confidence is 0.9 or above
-- @column mean_confidence Mean confidence of on_known_page; NULL if there are none
-- @column visits Clicks named by their service alone: a page that is not in the catalog was opened
-- @column generic_changes Clicks named by their call alone: a change on a page that is not in the catalog
-- @column commands Clicks that are commands, such as those typed in CloudShell
-- @column changes Signals that changed, created or deleted something
-- @column secrets Signals that read or made a secret or credential
-- @column background_events Events that the console made by itself, nobody clicking
-- @column denied Events that were refused for want of a permission
-- @column failed Events that failed, denied ones included
CREATE OR REPLACE VIEW session_summary AS
SELECT
    x.*,
    date_diff('second', x.first_time, x.last_time) AS seconds,
    COALESCE(e.services, []) AS services,
    COALESCE(c.pages, 0) AS pages,
    COALESCE(c.clicks, 0) AS clicks,
    COALESCE(c.on_known_page, 0) AS on_known_page,
    COALESCE(c.high_confidence, 0) AS high_confidence,
    c.mean_confidence,
    COALESCE(c.visits, 0) AS visits,
    COALESCE(c.generic_changes, 0) AS generic_changes,
    COALESCE(c.commands, 0) AS commands,
    COALESCE(c.changes, 0) AS changes,
    COALESCE(c.secrets, 0) AS secrets,
    COALESCE(b.background_events, 0) AS background_events,
    COALESCE(e.denied, 0) AS denied,
    COALESCE(e.failed, 0) AS failed,
    p.countries,
    p.owners,
    p.clouds
FROM sessions AS x
LEFT JOIN (
    SELECT
        session_id,
        list_sort(list(DISTINCT service)) AS services,
        count(*) FILTER (denied) AS denied,
        count(*) FILTER (outcome IN ('denied', 'failed')) AS failed
    FROM events
    GROUP BY session_id
) AS e USING (session_id)
LEFT JOIN (
    SELECT
        session_id,
        count(DISTINCT title) AS pages,
        count(*) AS clicks,
        count(*) FILTER (named_by = 'page') AS on_known_page,
        count(*) FILTER (named_by = 'page' AND confidence >= 0.9) AS high_confidence,
        avg(confidence) FILTER (named_by = 'page') AS mean_confidence,
        count(*) FILTER (named_by = 'service') AS visits,
        count(*) FILTER (named_by = 'call') AS generic_changes,
        count(*) FILTER (named_by = 'command') AS commands,
        count(*) FILTER (kind IN ('change', 'create', 'delete')) AS changes,
        count(*) FILTER (kind = 'secret'::signal_kind) AS secrets
    FROM clicks
    GROUP BY session_id
) AS c USING (session_id)
LEFT JOIN (
    SELECT session_id, sum(event_count)::BIGINT AS background_events
    FROM signals
    WHERE kind = 'background'::signal_kind
    GROUP BY session_id
) AS b USING (session_id)
LEFT JOIN (
    SELECT
        session_id,
        list_sort(list(DISTINCT country) FILTER (country IS NOT NULL)) AS countries,
        list_sort(list(DISTINCT owner) FILTER (owner IS NOT NULL)) AS owners,
        list_sort(list(DISTINCT concat_ws(' ', cloud, cloud_service, cloud_region)) FILTER (cloud IS NOT NULL)) AS clouds
    FROM session_addresses
    GROUP BY session_id
) AS p USING (session_id);
