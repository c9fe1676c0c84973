-- Which snapshot was shared with another account?
-- tactic: exfiltration
-- techniques: T1537
-- hit: another account, or everyone, can copy a snapshot of a disk or database.
-- false positives: snapshots shared with your own accounts. Not reported: revoking access to a snapshot.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, resource AS snapshot, public, shared_with,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'shared' AND len(list_filter(entities, lambda n: n.entity_type LIKE '%snapshot')) > 0
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
