-- Who read many secrets in a short time?
-- tactic: credential-access
-- techniques: T1555.006
-- hit: one identity read several different secrets within one hour: a collection.
-- innocent: a job that starts and reads all it needs, the same each time.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE secrets = 5; -- at least so many different ones
SELECT min(event_time) AS time, principal, format('Read {} secrets in an hour', count(DISTINCT secret)) AS what,
    list(DISTINCT secret ORDER BY secret) AS secrets, list(DISTINCT source_ip ORDER BY source_ip) AS source_ips,
    account_id, region, session_id, min_by(event_id, (event_time, event_id)) AS event_id
FROM (
    SELECT *, coalesce(request_parameters->>'$.secretId', request_parameters->>'$.name') AS secret
    FROM events
    WHERE event_key IN ('secretsmanager:GetSecretValue', 'ssm:GetParameter') AND error_code IS NULL
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
)
GROUP BY principal, account_id, region, session_id, date_trunc('hour', event_time)
HAVING count(DISTINCT secret) >= getvariable('secrets')
ORDER BY time, event_id;
