-- Who downloaded objects in the console?
-- tactic: collection
-- techniques: T1530
-- hit: a person downloaded objects from a bucket in the browser. The trail must include S3 data events.
-- false positives: users who download their own reports. Not reported: objects read by programs.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, list_filter(entities, lambda n: n.entity_type = 'bucket')[1].name AS bucket,
    list_filter(entities, lambda n: n.entity_type = 'object')[1].name AS object,
    TRY_CAST(extra->>'$.additionalEventData.bytesTransferredOut' AS BIGINT) AS bytes,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'exfiltration' AND effect = 'downloaded' AND service = 's3'
    AND client NOT IN ('cli', 'sdk', 'agent', 'service') AND invoked_by IS NULL
    AND session_id IN (SELECT session_id FROM sessions WHERE console)
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
