-- Who disabled a KMS key or scheduled its deletion?
-- tactic: impact
-- techniques: T1485, T1486
-- hit: data encrypted with the key cannot be read once the key is disabled or deleted. A scheduled deletion can be
--   canceled until the deletion date.
-- false positives: keys of an environment that is being deleted. Not reported: canceling a deletion.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS kms_key,
    response_elements->>'$.deletionDate' AS deletion_date,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'impact' AND object = 'key' AND service = 'kms'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
