-- Who exported a database or made a copy of it?
-- tactic: collection
-- techniques: T1530, T1213.006
-- hit: a database was exported to a bucket, or copied or restored where its guards may not be.
-- innocent: nightly jobs and tests with restored data, by their roles. Backups that a service makes are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, event_key,
    coalesce(request_parameters->>'$.sourceArn', request_parameters->>'$.sourceDBSnapshotIdentifier',
        request_parameters->>'$.dBSnapshotIdentifier', request_parameters->>'$.dBInstanceIdentifier',
        request_parameters->>'$.tableArn') AS source,
    coalesce(request_parameters->>'$.s3BucketName', request_parameters->>'$.s3Bucket',
        request_parameters->>'$.targetDBSnapshotIdentifier') AS target,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key IN ('rds:StartExportTask', 'rds:CopyDBSnapshot', 'rds:CreateDBSnapshot',
        'rds:RestoreDBInstanceFromDBSnapshot', 'dynamodb:ExportTableToPointInTime', 'redshift:UnloadData')
    AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
