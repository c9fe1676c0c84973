-- Who ran commands on instances?
-- tactic: execution
-- techniques: T1651
-- hit: a command or automation was sent to instances through Systems Manager. The `document` column names the Systems
--   Manager document.
-- false positives: patching and inventory, run on a schedule by a known role. Not reported: commands sent by an AWS
--   service.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, request_parameters->>'$.documentName' AS document,
    coalesce(target, request_parameters->>'$.targets') AS targets,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'execution' AND object = 'command' AND service = 'ssm' AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
