-- Did a sign-in succeed after several failed attempts?
-- tactic: initial-access
-- techniques: T1110, T1078.004
-- hit: someone signed in after several failed attempts; the password may have been guessed.
-- false positives: a mistyped password, in which case the failures are few and come from the usual address.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE failures = 3; -- minimum number of failed sign-ins
SET VARIABLE minutes = 60; -- time window before the successful sign-in, in minutes
WITH attempts AS (
    SELECT *, outcome = 'succeeded' AS succeeded
    FROM described_events
    WHERE event_key = 'signin:ConsoleLogin'
)
SELECT s.event_time AS time, s.principal, s.what, count(*) AS failures, min(f.event_time) AS first_failure,
    list(DISTINCT f.source_ip) AS failed_from,
    s.source_ip, s.account_id, s.region, s.error_code, s.session_id, s.signal_id, s.event_id
FROM attempts AS s
JOIN attempts AS f
    ON f.account_id = s.account_id AND f.principal = s.principal AND f.outcome IN ('failed', 'denied')
    AND f.event_time BETWEEN s.event_time - to_minutes(getvariable('minutes')) AND s.event_time
WHERE s.succeeded
    AND s.event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(s.principal, '') LIKE getvariable('principal')
GROUP BY ALL
HAVING count(*) >= getvariable('failures')
ORDER BY time, s.event_id;
