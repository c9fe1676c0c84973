-- Activity counts for each session. clicks = on_known_page + visits + generic_changes + commands, as in coverage.
-- @order first_time, session_id
-- @tables sessions
-- @column countries Countries of the session's addresses, sorted. NULL if no address database contains them
-- @column owners Network owners of the session's addresses, sorted. NULL if no address database contains them
-- @column clouds Cloud ranges that contain the session's addresses, sorted. NULL if there are none
-- @column seconds Number of seconds between the first and last event
-- @column services Services called, sorted
-- @column pages Number of distinct titles among the session's clicks. The title of a visit is its service
-- @column clicks Number of signals, excluding background requests
-- @column on_known_page Number of clicks that match a known page (origin exact or inferred), excluding commands
-- @column high_confidence Number of clicks in on_known_page with a confidence of at least 0.9
-- @column mean_confidence Mean confidence of the clicks in on_known_page. NULL if there are none
-- @column visits Number of clicks for which only the service is known, because the page that was opened is not in the catalog
-- @column generic_changes Number of clicks for which only the call is known: changes on a page that is not in the catalog
-- @column commands Number of commands, such as those typed in CloudShell
-- @column changes Number of signals that changed, created or deleted something
-- @column secrets Number of signals that read or created a secret or credential
-- @column background_events Number of events from background requests, which the console makes without a click
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
