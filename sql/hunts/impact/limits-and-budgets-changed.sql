-- Who raised quotas or changed budgets?
-- tactic: impact
-- techniques: T1496
-- hit: more resources can be started or more messages sent than before, or cost notifications may no longer be sent.
-- false positives: planned growth. Not reported: viewing quotas and creating budgets.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, target,
    request_parameters->>'$.desiredValue' AS wanted,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class IN ('impact', 'defense_impairment') AND object IN ('quota', 'budget', 'alarm')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
