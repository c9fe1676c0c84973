-- Who deleted flow logs or DNS query logs?
-- tactic: defense-evasion
-- techniques: T1562.008
-- hit: flow logs or DNS query logs were turned off: later connections or queries are not logged.
-- false positives: a network that is deleted as a whole. Creating flow logs is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS logs,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_evasion' AND object = 'network log'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
