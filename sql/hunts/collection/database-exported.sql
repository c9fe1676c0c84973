-- Who exported a database or made a copy of it?
-- tactic: collection
-- techniques: T1530, T1213.006
-- hit: a database was exported to a bucket, its snapshot copied, or it was restored with public access.
-- false positives: nightly jobs and tests with restored data, by known roles. Backups that a service makes are left
--   out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
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
