-- Who deleted logs or shortened their retention?
-- tactic: defense-impairment
-- techniques: T1685.002, T1070
-- hit: a log group or log stream was deleted, or the retention period of a log group was set to a few days.
-- false positives: an application that is removed together with its logs. Not reported: longer retention periods (see
--   `days`), and deletions made by an AWS service.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE days = 7; -- maximum retention period, in days
SELECT event_time AS time, principal, summary AS what, event_name, target AS log_group,
    TRY_CAST(request_parameters->>'$.retentionInDays' AS BIGINT) AS days,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_impairment' AND object = 'log' AND service = 'logs' AND invoked_by IS NULL
    AND (effect <> 'changed' OR TRY_CAST(request_parameters->>'$.retentionInDays' AS BIGINT) <= getvariable('days'))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
