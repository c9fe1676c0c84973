-- Who requested the administrator password of a Windows instance?
-- tactic: credential-access
-- techniques: T1552.005, T1555
-- hit: someone requested the administrator password of an instance. Denied requests are included.
-- false positives: the owner of a new instance, who requests its password once.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, target AS instance,
    count(*) OVER (PARTITION BY session_id) AS asked_in_session,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'secret_read' AND object = 'password' AND service = 'ec2'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
