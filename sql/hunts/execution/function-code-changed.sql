-- Who changed a function's code?
-- tactic: execution
-- techniques: T1648, T1525
-- hit: a function's code, layers or environment variables were changed. The new code runs with the permissions of the
--   function's role.
-- false positives: deployment pipelines; focus on changes made by anyone else.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS function_name,
    request_parameters->>'$.layers' AS layers, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'execution' AND effect = 'changed' AND service = 'lambda'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
