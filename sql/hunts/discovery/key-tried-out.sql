-- Which key began by asking who it is?
-- tactic: discovery
-- techniques: T1078.004, T1087.004
-- hit: the first thing a long-term key did in this case was to ask whose it is: somebody found it and tries it out.
-- innocent: tools that always begin so; then the key is in the trail from its start, at the same address every day.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
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
