-- Who launched many or large instances?
-- tactic: impact
-- techniques: T1496.001
-- hit: a single call requested many instances, or an instance type with GPUs; such instances can be used to mine
--   cryptocurrency.
-- false positives: known machine learning jobs. Not reported: instances that an AWS service launches to scale a
--   cluster.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE instances = 10; -- minimum number of instances in one call
SET VARIABLE sizes = '^(p[0-9]|g[0-9]|trn|inf|dl)'; -- also report instance types that match this regular expression
SELECT event_time AS time, principal, what, request_parameters->>'$.instanceType' AS instance_type,
    TRY_CAST(request_parameters->>'$.instancesSet.items[0].maxCount' AS BIGINT) AS instances,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key = 'ec2:RunInstances' AND invoked_by IS NULL
    AND (TRY_CAST(request_parameters->>'$.instancesSet.items[0].maxCount' AS BIGINT) >= getvariable('instances')
        OR regexp_matches(request_parameters->>'$.instanceType', getvariable('sizes')))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
