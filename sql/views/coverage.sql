-- One row is one service in one session of the console: how many of its clicks are named by a known page, with which
-- confidence, how many only by their service or their call, and how many of its events are background or in no signal.
-- clicks = on_known_page + visits + generic_changes + commands. What was typed, and what services called, is not among
-- console_events; those that are neither background nor unexplained are events of clicks.
-- @tables sessions
-- @column service The signal's service, as in timeline: iam; for an event without a signal, the service called
-- @column clicks Signals other than background
-- @column on_known_page Clicks named by a known page: origin exact or inferred, commands aside
-- @column high_confidence Clicks among on_known_page whose confidence is 0.9 or above
-- @column mean_confidence Mean confidence of on_known_page; NULL if there are none
-- @column visits Clicks named by their service alone: a page that is not in the catalog was opened
-- @column generic_changes Clicks named by their call alone: a change on a page that is not in the catalog
-- @column commands Clicks that are commands, such as those typed in CloudShell
-- @column console_events Events that are the console's
-- @column background_events Events that the console made by itself, nobody clicking
-- @column unexplained_events Events of the console that no signal has: those of residual
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
