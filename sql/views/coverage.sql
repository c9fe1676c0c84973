-- How well the activity of console sessions was identified, one row for each session and service: clicks that match a known
-- page, clicks of which only the service or the call is known, background events, and events without a signal. clicks =
-- on_known_page + visits + generic_changes + commands. console_events does not include commands or calls of services. Console
-- events that are neither background nor unexplained belong to clicks.
-- @tables sessions
-- @column service Service of the signal, as in timeline: iam. For an event without a signal, the service called
-- @column clicks Signals except background requests
-- @column on_known_page Clicks that match a known page (origin exact or inferred), without commands
-- @column high_confidence Clicks in on_known_page with a confidence of at least 0.9
-- @column mean_confidence Mean confidence of on_known_page. NULL if there are none
-- @column visits Clicks of which only the service is known: a page that is not in the catalog was opened
-- @column generic_changes Clicks of which only the call is known: a change on a page that is not in the catalog
-- @column commands Commands, such as those typed in CloudShell
-- @column console_events Events of the console
-- @column background_events Events of background requests, which the console makes without a click
-- @column unexplained_events Console events without a signal, as in residual
CREATE OR REPLACE VIEW coverage AS
WITH parts AS (
    SELECT session_id, service, named_by, confidence, NULL AS class
    FROM clicks
    UNION ALL
    SELECT e.session_id, COALESCE(s.service, e.service) AS service, NULL AS named_by, NULL AS confidence, e.class
    FROM event_signals AS e
    LEFT JOIN signals AS s USING (signal_id)
),
counted AS (
    SELECT
        session_id,
        service,
        count(named_by) AS clicks,
        count(*) FILTER (named_by = 'page') AS on_known_page,
        count(*) FILTER (named_by = 'page' AND confidence >= 0.9) AS high_confidence,
        avg(confidence) FILTER (named_by = 'page') AS mean_confidence,
        count(*) FILTER (named_by = 'service') AS visits,
        count(*) FILTER (named_by = 'call') AS generic_changes,
        count(*) FILTER (named_by = 'command') AS commands,
        count(*) FILTER (class IN ('click', 'background', 'residual')) AS console_events,
        count(*) FILTER (class = 'background') AS background_events,
        count(*) FILTER (class = 'residual') AS unexplained_events
    FROM parts
    GROUP BY session_id, service
)
SELECT
    session_id,
    x.account_id,
    x.principal,
    c.* EXCLUDE (session_id)
FROM counted AS c
JOIN sessions AS x USING (session_id)
WHERE x.console AND c.clicks + c.console_events > 0;
