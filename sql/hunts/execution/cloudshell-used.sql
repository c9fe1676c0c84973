-- Who opened CloudShell, or moved files through it?
-- tactic: execution
-- techniques: T1059.009
-- hit: somebody had a shell with the credentials of the console session, on a host of AWS; files may have been transferred.
-- false positives: administrators who work this way. The console's own polls of the environment are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE service = 'cloudshell' AND class IN ('execution', 'exfiltration')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
