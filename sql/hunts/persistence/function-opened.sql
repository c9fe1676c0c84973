-- Which function can be called by another account, or by anybody?
-- tactic: persistence
-- techniques: T1546
-- hit: a function's policy lets another account or everybody call it: a way back in.
-- innocent: services such as S3 or API Gateway that call functions are left out; known accounts are yours to judge.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, resource AS function_name, public, shared_with AS allowed,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'policy' AND service = 'lambda'
    AND len(list_filter(entities, lambda n: n.entity_type = 'function')) > 0
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
