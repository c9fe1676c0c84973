-- Which access key's first call was GetCallerIdentity?
-- tactic: discovery
-- techniques: T1078.004, T1087.004
-- hit: the first call in the trail made with a long-term access key checked which identity the key belongs to;
--   someone may be testing a key that they found.
-- false positives: tools that always make this call first. The key is then used from the same address
--   every day.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
WITH first_calls AS (
    SELECT event_id
    FROM events
    WHERE access_key_id LIKE 'AKIA%'
    QUALIFY row_number() OVER (PARTITION BY access_key_id ORDER BY event_time, event_id) = 1
)
SELECT event_time AS time, principal, what, access_key_id, client, user_agent,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM first_calls
JOIN described_events USING (event_id)
WHERE event_key = 'sts:GetCallerIdentity'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
