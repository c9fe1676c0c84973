-- How much of the activity in console sessions was identified, and how, one row per session and service: clicks that
-- match a known page, clicks for which only the service or the call is known, background events, and events without a
-- signal. clicks = on_known_page + visits + generic_changes + commands. console_events does not include commands or
-- calls made by services. Console events that are neither background nor unexplained belong to clicks.
-- @tables sessions
-- @column service Service of the signal, as in the timeline view: iam. For an event without a signal, the service called
-- @column clicks Number of signals, excluding background requests
-- @column on_known_page Number of clicks that match a known page (origin exact or inferred), excluding commands
-- @column high_confidence Number of clicks in on_known_page with a confidence of at least 0.9
-- @column mean_confidence Mean confidence of the clicks in on_known_page. NULL if there are none
-- @column visits Number of clicks for which only the service is known, because the page that was opened is not in the catalog
-- @column generic_changes Number of clicks for which only the call is known: changes on a page that is not in the catalog
-- @column commands Number of commands, such as those typed in CloudShell
-- @column console_events Number of console events
-- @column background_events Number of events from background requests, which the console makes without a click
-- @column unexplained_events Number of console events without a signal, as in the residual view
CREATE OR REPLACE VIEW coverage AS
WITH parts AS (
    SELECT session_id, service, named_by, confidence, NULL AS class, 0 AS events
    FROM clicks
    UNION ALL
    SELECT
        s.session_id, s.service, NULL, NULL,
        CASE WHEN s.kind = 'background' THEN 'background' ELSE 'click' END,
        e.events
    FROM signals AS s
    JOIN (SELECT signal_id, count(*) AS events FROM event_signal GROUP BY signal_id) AS e USING (signal_id)
    WHERE s.kind <> 'command'
    UNION ALL
    -- Events of a command that a tool did not make, as in event_signals.
    SELECT s.session_id, s.service, NULL, NULL, 'click', 1
    FROM signals AS s
    JOIN event_signal AS es USING (signal_id)
    JOIN (
        SELECT event_id
        FROM events
        SEMI JOIN (FROM signals WHERE kind = 'command') USING (session_id)
        WHERE COALESCE(client::VARCHAR, 'unknown') NOT IN ('cli', 'sdk', 'agent', 'cloudshell')
    ) AS e USING (event_id)
    WHERE s.kind = 'command'
    UNION ALL
    SELECT session_id, service, NULL, NULL, 'residual', 1
    FROM residual
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
        COALESCE(sum(events) FILTER (class IN ('click', 'background', 'residual')), 0)::BIGINT AS console_events,
        COALESCE(sum(events) FILTER (class = 'background'), 0)::BIGINT AS background_events,
        COALESCE(sum(events) FILTER (class = 'residual'), 0)::BIGINT AS unexplained_events
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
