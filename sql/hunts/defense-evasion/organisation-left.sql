-- Who took an account out of the organisation or its policies?
-- tactic: defense-evasion
-- techniques: T1562.001, T1666
-- hit: what the organisation forbids or records binds the account no longer.
-- innocent: an account that is sold or closed; work on policies by those who own them.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_name, target,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_evasion' AND object = 'organization'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
