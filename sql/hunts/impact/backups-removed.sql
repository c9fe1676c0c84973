-- Who removed backups or backup plans?
-- tactic: impact
-- techniques: T1490
-- hit: snapshots, recovery points, backup plans or object versions were removed, which makes recovery harder.
-- false positives: snapshots deleted by their owner. Not reported: deletions made by an AWS service at the end of a
--   retention period, and turning versioning on.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, target,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'impact' AND object = 'backup' AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
