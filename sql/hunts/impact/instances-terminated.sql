-- Who terminated many instances?
-- tactic: impact
-- techniques: T1485, T1489
-- hit: one session terminated or stopped several machines within an hour.
-- innocent: scaling, which a service does and is left out; a test environment at the end of the day.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE instances = 3; -- at least so many
WITH ended AS (
    SELECT *, unnest(json_extract_string(request_parameters, '$.instancesSet.items[*].instanceId')) AS instance
    FROM events
    WHERE event_key IN ('ec2:TerminateInstances', 'ec2:StopInstances') AND error_code IS NULL AND invoked_by IS NULL
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
)
SELECT min(event_time) AS time, principal, format('Ended {} instances in an hour', count(DISTINCT instance)) AS what,
    event_name, list(DISTINCT instance ORDER BY instance) AS instances,
    list(DISTINCT source_ip ORDER BY source_ip) AS source_ips, account_id, region, session_id,
    min_by(event_id, (event_time, event_id)) AS event_id
FROM ended
GROUP BY principal, event_name, account_id, region, session_id, date_trunc('hour', event_time)
HAVING count(DISTINCT instance) >= getvariable('instances')
ORDER BY time, event_id;
