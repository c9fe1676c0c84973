-- Which function can be invoked by another account or by everyone?
-- tactic: persistence
-- techniques: T1546
-- hit: a function's policy lets another account or everyone invoke the function; such a policy can be used to regain
--   access later.
-- false positives: known accounts. Not reported: permissions for services, such as S3 or API Gateway, to invoke a
--   function.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, resource AS function_name, public, shared_with AS allowed,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'policy' AND service = 'lambda'
    AND len(list_filter(entities, lambda n: n.entity_type = 'function')) > 0
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
