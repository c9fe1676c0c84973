-- Who changed the code of a function?
-- tactic: execution
-- techniques: T1648, T1525
-- hit: other code, another layer or other environment now runs with the function's role.
-- innocent: the pipeline; look for those that are not it.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS function_name,
    request_parameters->>'$.layers' AS layers, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'execution' AND effect = 'changed' AND service = 'lambda'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
