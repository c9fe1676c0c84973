-- Who changed the code of a function?
-- tactic: execution
-- techniques: T1648, T1525
-- hit: other code, another layer or other environment variables now run with the role of the function.
-- false positives: deployment pipelines; look for other identities.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS function_name,
    request_parameters->>'$.layers' AS layers, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'execution' AND effect = 'changed' AND service = 'lambda'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
