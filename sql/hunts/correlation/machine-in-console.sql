-- Which identity that only programs use was in the console?
-- tactic: correlation
-- techniques: T1078.004
-- hit: an identity with many programmatic sessions or events before it opened the console for the first time.
-- innocent: a person who mostly works by the command line; look for service users and build roles.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE events = 10; -- at least so many programmatic events before
WITH first_console AS (
    SELECT *
    FROM sessions
    WHERE console AND principal IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY account_id, principal ORDER BY first_time, session_id) = 1
)
SELECT x.first_time AS time, x.principal,
    format('Opened the console for the first time, after {} programmatic events', sum(p.events)::BIGINT) AS what,
    min(p.first_time) AS programmatic_since, x.ips AS source_ips, x.mfa, x.account_id, x.session_id
FROM first_console AS x
JOIN sessions AS p
    ON p.account_id = x.account_id AND p.principal = x.principal AND NOT p.console AND p.first_time < x.first_time
WHERE x.first_time BETWEEN getvariable('since') AND getvariable('until')
    AND x.principal LIKE getvariable('principal')
GROUP BY x.first_time, x.principal, x.ips, x.mfa, x.account_id, x.session_id
HAVING sum(p.events) >= getvariable('events')
ORDER BY time, session_id;
