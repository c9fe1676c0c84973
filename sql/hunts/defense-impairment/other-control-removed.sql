-- Who removed an alarm, a log, a firewall or another security control?
-- tactic: defense-impairment
-- techniques: T1685, T1685.002
-- hit: a security control was deleted or turned off: an alarm, an EventBridge rule, database or cluster logs, a
--   firewall, or the lock on a backup.
-- false positives: an application that is removed together with its alarms. Not reported: changes that leave a
--   control on, and controls that have hunts of their own (trails, detectors, AWS Config, network logs, log groups,
--   keys and the organization).
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, object AS control, effect, target,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_impairment' AND effect <> 'changed' AND invoked_by IS NULL
    AND object NOT IN ('trail', 'detector', 'findings', 'configuration recorder', 'network log', 'organization', 'key')
    AND NOT (object = 'log' AND service = 'logs')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
