-- Who was denied many different things?
-- tactic: discovery
-- techniques: T1580, T1087.004
-- hit: an identity tried several calls that it may not make: somebody finds out what it can do.
-- innocent: a new service that lacks permissions tries the same call again and again, which counts as one.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE calls = 4; -- at least so many different calls
SET VARIABLE minutes = 60; -- within so many minutes
SELECT min(event_time) AS time, principal, format('Was denied {} different calls', count(DISTINCT event_key)) AS what,
    list(DISTINCT event_key ORDER BY event_key) AS calls, count(*) AS attempts,
    list(DISTINCT source_ip ORDER BY source_ip) AS source_ips, account_id, session_id,
    min_by(event_id, (event_time, event_id)) AS event_id
FROM events
WHERE regexp_matches(error_code, '(AccessDenied|Unauthorized|NotAuthorized|Forbidden)') AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
GROUP BY principal, account_id, session_id, time_bucket(to_minutes(getvariable('minutes')), event_time)
HAVING count(DISTINCT event_key) >= getvariable('calls')
ORDER BY time, event_id;
