-- Who asked many services what they hold, outside the console?
-- tactic: discovery
-- techniques: T1526, T1580
-- hit: a tool or script went through many services within minutes.
-- innocent: scanners of your own and inventory jobs: known identities, the same each day.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE services = 8; -- at least so many services
SET VARIABLE minutes = 10; -- within so many minutes
SELECT min(event_time) AS time, principal, format('Asked {} services', count(DISTINCT service)) AS what,
    list(DISTINCT service ORDER BY service) AS services, count(*) AS events,
    list(DISTINCT client ORDER BY client) AS clients, source_ip, account_id, session_id,
    min_by(event_id, (event_time, event_id)) AS event_id
FROM told_events
WHERE client IN ('cli', 'sdk', 'cloudshell', 'unknown') AND invoked_by IS NULL
    AND regexp_matches(event_name, '^(List|Describe|Get|Search)')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
GROUP BY principal, account_id, session_id, source_ip, time_bucket(to_minutes(getvariable('minutes')), event_time)
HAVING count(DISTINCT service) >= getvariable('services')
ORDER BY time, event_id;
