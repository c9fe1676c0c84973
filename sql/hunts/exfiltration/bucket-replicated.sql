-- Which bucket sends its objects to another one?
-- tactic: exfiltration
-- techniques: T1537
-- hit: a rule copies all objects, new ones too, to a bucket that may be another account's.
-- innocent: a second site of your own. Ending a replication is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, request_parameters->>'$.bucketName' AS bucket,
    list_distinct(regexp_extract_all(request_parameters::VARCHAR, 'arn:aws[a-z-]*:s3:::[^"\\]+')) AS targets,
    list_distinct(list_filter(regexp_extract_all(
        request_parameters->>'$.ReplicationConfiguration', '"Account":\s*"?([0-9]{12})', 1),
        LAMBDA account: account <> account_id)) AS other_accounts,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key IN ('s3:PutBucketReplication', 's3:PutReplicationConfiguration')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
