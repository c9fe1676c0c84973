-- Who deleted buckets, databases, tables, volumes or file systems?
-- tactic: impact
-- techniques: T1485
-- hit: something that holds data was deleted; a database without a last snapshot is gone for good.
-- innocent: stacks taken down by their pipeline. Deleting what holds no data is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_key, target AS deleted,
    coalesce(request_parameters->>'$.skipFinalSnapshot', request_parameters->>'$.skipFinalClusterSnapshot')
        AS without_last_snapshot,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'impact' AND effect = 'deleted' AND object = 'data' AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
