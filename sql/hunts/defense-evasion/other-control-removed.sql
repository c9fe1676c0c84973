-- Who removed an alarm, another log, a firewall or another control?
-- tactic: defense-evasion
-- techniques: T1562.001, T1562.008
-- hit: another control was deleted or turned off: an alarm, an EventBridge rule, the logs of a database or a cluster, a
--   firewall, the lock of a backup.
-- false positives: a stack that is deleted with its alarms. Trails, detectors, AWS Config, network logs, log groups,
--   keys and the organization have hunts of their own; changes that leave a control on are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, object AS control, effect, target,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_evasion' AND effect <> 'changed' AND invoked_by IS NULL
    AND object NOT IN ('trail', 'detector', 'findings', 'configuration recorder', 'network log', 'organization', 'key')
    AND NOT (object = 'log' AND service = 'logs')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
