-- Who removed backups or backup plans?
-- tactic: impact
-- techniques: T1490
-- hit: snapshots, recovery points, plans or versions were removed: recovery will be harder.
-- false positives: retention by a service, which is left out; snapshots deleted by their owner. Turning versioning
--   on is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, target,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'impact' AND object = 'backup' AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
