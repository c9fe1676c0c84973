-- Which machine image was shared with another account?
-- tactic: exfiltration
-- techniques: T1537
-- hit: an image, with all that is on its disks, can be started by another account, or by everybody.
-- innocent: accounts of your own, a public image on purpose. Taking a share back is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, request_parameters->>'$.imageId' AS image,
    request_parameters->>'$.launchPermission.add' AS shared_with,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key = 'ec2:ModifyImageAttribute' AND json_exists(request_parameters, '$.launchPermission.add')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
