-- Which machine image was shared with another account?
-- tactic: exfiltration
-- techniques: T1537
-- hit: an image, with all that is on its disks, can be started by another account, or by everybody.
-- innocent: accounts of your own, a public image on purpose. Taking a share back is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, resource AS image, public, shared_with,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'shared' AND list_filter(entities, lambda n: n.entity_type = 'image')[1].name IS NOT NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
