-- Who started many machines, or large ones?
-- tactic: impact
-- techniques: T1496.001
-- hit: a session asked for many instances at once, or for a size with GPUs: somebody else's coins.
-- innocent: a cluster scaling through a service, which is left out; machine learning that you know of.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE instances = 10; -- at least so many at once
SET VARIABLE sizes = '^(p[0-9]|g[0-9]|trn|inf|dl)'; -- or of such a type, a regular expression
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
