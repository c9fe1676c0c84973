-- Which identity opened the console after only programmatic use?
-- tactic: correlation
-- techniques: T1078.004
-- hit: an identity had many programmatic events before it opened the console for the first time.
-- false positives: a person who mostly works on the command line; focus on service users and build roles.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE events = 10; -- minimum number of programmatic events before the first console session
WITH first_console AS (
    SELECT *
    FROM sessions
    WHERE console AND principal IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY account_id, principal ORDER BY first_time, session_id) = 1
)
SELECT x.first_time AS time, x.principal,
    format('Opened the console for the first time, after {} programmatic events', count(*)) AS what,
    min(e.event_time) AS programmatic_since, x.ips AS source_ips, x.mfa, x.account_id, x.session_id
FROM first_console AS x
JOIN sessions AS p
    ON p.account_id = x.account_id AND p.principal = x.principal AND NOT p.console AND p.first_time < x.first_time
JOIN events AS e ON e.session_id = p.session_id AND e.event_time < x.first_time
WHERE x.first_time BETWEEN getvariable('since') AND getvariable('until')
    AND x.principal LIKE getvariable('principal')
GROUP BY x.first_time, x.principal, x.ips, x.mfa, x.account_id, x.session_id
HAVING count(*) >= getvariable('events')
ORDER BY time, x.session_id;
