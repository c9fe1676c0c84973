-- Who removed backups, or what makes them?
-- tactic: impact
-- techniques: T1490
-- hit: snapshots, recovery points, plans or versions are gone: a recovery will be harder.
-- innocent: retention by a service, which is left out; snapshots tidied up by their owner. Switching versions on is
--   left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_key, target,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'impact' AND object = 'backup' AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
