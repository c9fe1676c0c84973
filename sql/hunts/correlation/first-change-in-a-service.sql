-- Which identity changed something in a service for the first time?
-- tactic: correlation
-- techniques: T1078.004
-- hit: an identity that was active before made its first change in this service.
-- false positives: new tasks. The first day of an identity is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SET VARIABLE days = 1; -- minimum number of days that the identity has been in the trail by then
WITH known AS (
    SELECT account_id, principal, min(event_time) AS known_since
    FROM events
    GROUP BY ALL
), firsts AS (
    SELECT event_id
    FROM events
    WHERE read_only = FALSE AND outcome = 'succeeded' AND invoked_by IS NULL AND principal IS NOT NULL
        AND identity_type IS DISTINCT FROM 'AWSService'
    QUALIFY row_number() OVER (PARTITION BY account_id, principal, service ORDER BY event_time, event_id) = 1
)
SELECT f.event_time AS time, f.principal, f.what, f.service, k.known_since,
    f.source_ip, f.account_id, f.region, f.error_code, f.session_id, f.signal_id, f.event_id
FROM firsts
JOIN described_events AS f USING (event_id)
JOIN known AS k USING (account_id, principal)
WHERE f.event_time >= k.known_since + to_days(getvariable('days')::INTEGER)
    AND f.event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(f.principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
