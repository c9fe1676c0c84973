-- Which function can be called by another account, or by anybody?
-- tactic: persistence
-- techniques: T1546
-- hit: a function's policy lets another account or everybody call it: a way back in.
-- innocent: services such as S3 or API Gateway that call functions are left out; known accounts are yours to judge.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, request_parameters->>'$.functionName' AS function_name,
    request_parameters->>'$.principal' AS allowed,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE (event_key LIKE 'lambda:AddPermission%' OR event_key LIKE 'lambda:CreateFunctionUrlConfig%')
    AND coalesce(request_parameters->>'$.principal', '*') NOT LIKE '%.amazonaws.com'
    AND NOT contains(coalesce(request_parameters->>'$.principal', '*'), account_id)
    AND (request_parameters->>'$.authType') IS DISTINCT FROM 'AWS_IAM'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
