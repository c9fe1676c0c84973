-- Which machine image was shared with another account?
-- tactic: exfiltration
-- techniques: T1537
-- hit: another account, or everyone, can launch instances from the image and read its disks.
-- false positives: images shared with your own accounts; images that are meant to be public. Not reported: revoking
--   access to an image.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, resource AS image, public, shared_with,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'shared' AND list_filter(entities, lambda n: n.entity_type = 'image')[1].name IS NOT NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
