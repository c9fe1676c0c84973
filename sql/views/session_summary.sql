-- Counts of the activity in each session. clicks = on_known_page + visits + generic_changes + commands, as in coverage.
-- @order first_time, session_id
-- @tables sessions
-- @column countries Countries of its addresses, sorted. NULL if no address database has one
-- @column owners Network owners of its addresses, sorted. NULL if no address database has one
-- @column clouds Cloud ranges of its addresses, sorted. NULL if no address is in one
-- @column seconds Seconds from the first event to the last
-- @column services Services called, sorted
-- @column pages Number of different titles of its clicks. The title of a visit is its service
-- @column clicks Signals except background requests
-- @column on_known_page Clicks that match a known page (origin exact or inferred), without commands
-- @column high_confidence Clicks in on_known_page with a confidence of at least 0.9
-- @column mean_confidence Mean confidence of on_known_page. NULL if there are none
-- @column visits Clicks of which only the service is known: a page that is not in the catalog was opened
-- @column generic_changes Clicks of which only the call is known: a change on a page that is not in the catalog
-- @column commands Commands, such as those typed in CloudShell
-- @column changes Signals that changed, created or deleted something
-- @column secrets Signals that read or created a secret or credential
-- @column background_events Events of background requests, which the console makes without a click
-- @column denied Number of events that were denied
-- @column failed Number of events that were denied or failed
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
LEFT JOIN session_outcomes AS e USING (session_id)
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
LEFT JOIN session_places AS p USING (session_id);
