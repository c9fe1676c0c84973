-- Which identity changed something in a service for the first time?
-- tactic: correlation
-- techniques: T1078.004
-- hit: an identity that was already active made its first change in the service.
-- false positives: an identity that takes on new tasks. Not reported: changes on an identity's first days of activity
--   (see `days`).
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE days = 1; -- minimum number of days between the identity's first event and the change
WITH known AS (
    SELECT account_id, principal, min(event_time) AS known_since
    FROM events
    GROUP BY ALL
), firsts AS (
    SELECT min_by(event_id, (event_time, event_id)) AS event_id
    FROM events
    WHERE read_only = FALSE AND outcome = 'succeeded' AND invoked_by IS NULL AND principal IS NOT NULL
        AND identity_type IS DISTINCT FROM 'AWSService'
    GROUP BY account_id, principal, service
)
SELECT f.event_time AS time, f.principal, f.what, f.service, k.known_since,
    f.source_ip, f.account_id, f.region, f.error_code, f.session_id, f.signal_id, f.event_id
FROM firsts
JOIN described_events AS f USING (event_id)
JOIN known AS k USING (account_id, principal)
WHERE f.read_only = FALSE AND f.event_time >= k.known_since + to_days(getvariable('days')::INTEGER)
    AND f.event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(f.principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
