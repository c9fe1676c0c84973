-- Who deleted flow logs or DNS query logs?
-- tactic: defense-impairment
-- techniques: T1685.002
-- hit: flow logs or DNS query logs were turned off, so later connections or queries are not logged.
-- false positives: the deletion of an entire network. Not reported: creating flow logs.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS logs,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_impairment' AND object = 'network log'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
