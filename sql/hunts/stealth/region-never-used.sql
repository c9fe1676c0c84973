-- In which region did an account change something for the first time?
-- tactic: stealth
-- techniques: T1535
-- hit: an account changed something in a region in which it had never changed anything before, at least a day after the
--   account's first change in the trail (see `days`).
-- false positives: a planned expansion to a new region; global services, which record their events in us-east-1.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE days = 1; -- minimum number of days between the account's first change and this one
WITH changes AS (
    SELECT *, min(event_time) OVER (PARTITION BY account_id) AS known_since
    FROM described_events
    WHERE read_only = FALSE AND outcome = 'succeeded' AND invoked_by IS NULL AND region IS NOT NULL
        AND identity_type IS DISTINCT FROM 'AWSService'
    QUALIFY row_number() OVER (PARTITION BY account_id, region ORDER BY event_time, event_id) = 1
)
SELECT event_time AS time, principal, what, event_key, known_since,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM changes
WHERE event_time >= known_since + to_days(getvariable('days')::INTEGER)
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
