-- Who opened CloudShell, or moved files through it?
-- tactic: execution
-- techniques: T1059.009
-- hit: somebody had a terminal with the console's credentials, on a machine of Amazon's; files may have left by it.
-- innocent: administrators who like it. The console's own polls of the environment are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_name,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE service = 'cloudshell' AND class IN ('execution', 'exfiltration')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
