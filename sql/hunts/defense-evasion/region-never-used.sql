-- In which region did an account do something for the first time?
-- tactic: defense-evasion
-- techniques: T1535
-- hit: something was changed in a region in which nothing in the account had been changed before, although the account
--   has been in the trail for days.
-- false positives: a planned new region; global services, which record in us-east-1.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SET VARIABLE days = 1; -- minimum number of days that the account has been in the trail by then
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
