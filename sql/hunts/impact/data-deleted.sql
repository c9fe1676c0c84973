-- Who deleted buckets, databases, tables, volumes or file systems?
-- tactic: impact
-- techniques: T1485
-- hit: something that holds data was deleted; a database without a last snapshot is gone for good.
-- innocent: stacks taken down by their pipeline. Deleting what holds no data is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, event_key,
    coalesce(request_parameters->>'$.bucketName', request_parameters->>'$.dBInstanceIdentifier',
        request_parameters->>'$.dBClusterIdentifier', request_parameters->>'$.tableName',
        request_parameters->>'$.volumeId', request_parameters->>'$.fileSystemId',
        request_parameters->>'$.repositoryName') AS deleted,
    request_parameters->>'$.skipFinalSnapshot' AS without_last_snapshot,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key IN ('s3:DeleteBucket', 'rds:DeleteDBInstance', 'rds:DeleteDBCluster', 'dynamodb:DeleteTable',
        'ec2:DeleteVolume', 'elasticfilesystem:DeleteFileSystem', 'ecr:DeleteRepository', 'redshift:DeleteCluster')
    AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
