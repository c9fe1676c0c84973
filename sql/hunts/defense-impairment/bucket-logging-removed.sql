-- Who turned off access logging for a bucket?
-- tactic: defense-impairment
-- techniques: T1685.002
-- hit: access to the bucket is no longer logged.
-- false positives: a move to CloudTrail data events. Not reported: turning access logging on.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, target AS bucket,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_impairment' AND event_key = 's3:PutBucketLogging'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
