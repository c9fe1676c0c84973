-- Which identity was used from another network during its console session?
-- tactic: correlation
-- techniques: T1078.004, T1550.001
-- hit: during a console session, a tool used the same identity from a network that the session did not use. Two
--   people may share the identity, or one person may be working from two locations.
-- false positives: a laptop and a build server that share one identity's keys. Not reported: tools on the same
--   network.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
WITH tool_calls AS (
    SELECT account_id, principal, network, source_ip, event_time, event_id
    FROM events
    WHERE client IN ('cli', 'sdk', 'agent') AND network IS NOT NULL AND invoked_by IS NULL
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
), console_networks AS (
    SELECT x.session_id, list(DISTINCT e.network) AS networks
    FROM sessions AS x
    JOIN events AS e USING (session_id)
    WHERE x.console AND e.network IS NOT NULL
    GROUP BY ALL
)
SELECT min(t.event_time) AS time, x.principal,
    format('Used a tool from {} during a console session', t.source_ip) AS what, count(*) AS calls,
    max(t.event_time) AS last_time, t.source_ip, x.ips AS console_ips, x.account_id, x.session_id,
    min_by(t.event_id, (t.event_time, t.event_id)) AS event_id
FROM sessions AS x
JOIN console_networks AS c USING (session_id)
JOIN tool_calls AS t
    ON t.account_id = x.account_id AND t.principal = x.principal
    AND t.event_time BETWEEN x.first_time AND x.last_time AND NOT list_contains(c.networks, t.network)
WHERE x.console
GROUP BY x.session_id, x.principal, x.account_id, x.ips, t.source_ip
ORDER BY time, event_id;
