-- Which console session moved from one network to another?
-- tactic: initial-access
-- techniques: T1550.004, T1539, T1078.004
-- hit: a console session was used from two networks within minutes; its cookie or credentials may have been stolen.
-- false positives: a phone that switches between Wi-Fi and mobile data; a VPN that is turned on. Not reported: calls
--   from CloudShell's own host and from AWS services.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE minutes = 10; -- maximum number of minutes between calls from the two networks
WITH steps AS (
    SELECT *,
        lag(network) OVER by_time AS from_network,
        lag(source_ip) OVER by_time AS from_ip,
        lag(event_time) OVER by_time AS previous_time
    FROM described_events
    WHERE network IS NOT NULL AND client IN ('browser', 'console', 'internal') AND invoked_by IS NULL
        AND coalesce(rule_id, '') NOT LIKE 'cloudshell/%'
        AND session_id IN (SELECT session_id FROM sessions WHERE console AND len(ips) > 1)
    WINDOW by_time AS (PARTITION BY session_id ORDER BY event_time, event_id)
)
SELECT event_time AS time, principal, what, from_network, network, previous_time,
    from_ip, source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM steps
WHERE from_network <> network
    AND event_time - previous_time <= to_minutes(getvariable('minutes'))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
