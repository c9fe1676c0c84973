-- In which bucket do objects vanish soon?
-- tactic: defense-evasion
-- techniques: T1562.008, T1485.001
-- hit: a lifecycle rule deletes objects within days; in a bucket of logs that deletes the logs.
-- innocent: buckets of temporary files. Longer terms are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE days = 7; -- an expiry of at most so many days
WITH lifecycles AS (
    SELECT *, list_min(list_transform(regexp_extract_all(request_parameters::VARCHAR,
        '"Expiration":\s*\{[^}]*"Days":\s*"?([0-9]+)', 1), LAMBDA days: days::BIGINT)) AS days
    FROM described_events
    WHERE event_key IN ('s3:PutBucketLifecycle', 's3:PutBucketLifecycleConfiguration')
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
)
SELECT event_time AS time, principal, what, request_parameters->>'$.bucketName' AS bucket, days,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM lifecycles
WHERE days <= getvariable('days')
ORDER BY time, event_id;
