-- Who exported or copied a database?
-- tactic: collection
-- techniques: T1530, T1213.006
-- hit: a database was exported to a bucket, a database snapshot was copied, or a database was restored with public
--   access.
-- false positives: known roles that run nightly jobs or test with restored data. Not reported: backups created by an
--   AWS service.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key,
    list_filter(entities, lambda n: n.relation = 'source')[1].name AS source, target,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'data_exposure' AND effect IN ('copied', 'exported')
    AND service IN ('dynamodb', 'docdb', 'elasticache', 'memorydb', 'neptune', 'rds', 'redshift', 'redshift-serverless', 'timestream')
    AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
