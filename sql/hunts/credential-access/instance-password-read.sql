-- Who requested the administrator's password of a Windows instance?
-- tactic: credential-access
-- techniques: T1552.005, T1555
-- hit: somebody requested the password of one or more instances; denied requests are included.
-- false positives: the owner of a new instance, once.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, target AS instance,
    count(*) OVER (PARTITION BY session_id) AS asked_in_session,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'secret_read' AND object = 'password' AND service = 'ec2'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
