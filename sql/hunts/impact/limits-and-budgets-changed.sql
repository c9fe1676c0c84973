-- Who raised limits or silenced the alarm on costs?
-- tactic: impact
-- techniques: T1496
-- hit: more than before can be started or sent, or nobody will be told what it costs.
-- innocent: planned growth. Looking at limits and making budgets is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_key, target,
    request_parameters->>'$.desiredValue' AS wanted,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class IN ('impact', 'defense_evasion') AND object IN ('quota', 'budget', 'alarm')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
