-- Who deleted logs, or shortened their retention?
-- tactic: defense-evasion
-- techniques: T1562.008, T1070
-- hit: a log group or stream was deleted, or is retained for only a few days.
-- false positives: stacks that are deleted with their functions. Longer retentions are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SET VARIABLE days = 7; -- maximum retention, in days
SELECT event_time AS time, principal, summary AS what, event_name, target AS log_group,
    TRY_CAST(request_parameters->>'$.retentionInDays' AS BIGINT) AS days,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_evasion' AND object = 'log' AND service = 'logs' AND invoked_by IS NULL
    AND (effect <> 'changed' OR TRY_CAST(request_parameters->>'$.retentionInDays' AS BIGINT) <= getvariable('days'))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
