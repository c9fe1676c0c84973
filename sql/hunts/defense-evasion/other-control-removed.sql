-- Who ended an alarm, another log, a firewall or a guard?
-- tactic: defense-evasion
-- techniques: T1562.001, T1562.008
-- hit: something else that watches or protects is gone or off: an alarm, a rule of EventBridge, the log of a database or
--   a cluster, a firewall, a backup's lock.
-- innocent: a stack that is taken down with its alarms. Trails, detectors, AWS Config, networks' logs, log groups, keys and
--   the organization have hunts of their own; changes that leave a control on are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_key, object AS control, effect, target,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_evasion' AND effect <> 'changed' AND invoked_by IS NULL
    AND object NOT IN ('trail', 'detector', 'findings', 'configuration recorder', 'network log', 'organization', 'key')
    AND NOT (object = 'log' AND service = 'logs')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
