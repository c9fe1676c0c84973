-- Who opened CloudShell or transferred files through it?
-- tactic: execution
-- techniques: T1059.009
-- hit: someone had a shell on an AWS-managed host with the console session's credentials, and may have transferred
--   files.
-- false positives: administrators who regularly use CloudShell. Not reported: the console's own polling of the
--   environment.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE service = 'cloudshell' AND class IN ('execution', 'exfiltration')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
