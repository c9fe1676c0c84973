-- Who deleted buckets, databases, tables, volumes or file systems?
-- tactic: impact
-- techniques: T1485
-- hit: a resource that holds data was deleted. A database deleted without a final snapshot cannot be restored.
-- false positives: resources deleted by a deployment pipeline. Not reported: deletions made by an AWS service such as
--   CloudFormation, and resources that do not hold data.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, target AS deleted,
    coalesce(request_parameters->>'$.skipFinalSnapshot', request_parameters->>'$.skipFinalClusterSnapshot')
        AS without_last_snapshot,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'impact' AND effect = 'deleted' AND object = 'data' AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
