-- Which snapshot was shared with another account?
-- tactic: exfiltration
-- techniques: T1537
-- hit: another account, or everyone, can copy the snapshot of a disk or database.
-- false positives: your own accounts. Removing a share is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, resource AS snapshot, public, shared_with,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'shared' AND len(list_filter(entities, lambda n: n.entity_type LIKE '%snapshot')) > 0
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
