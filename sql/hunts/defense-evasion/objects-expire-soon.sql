-- In which bucket do objects vanish soon?
-- tactic: defense-evasion
-- techniques: T1562.008, T1485.001
-- hit: a lifecycle rule deletes objects within days; in a bucket of logs that deletes the logs.
-- innocent: buckets of temporary files. Longer terms are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE days = 7; -- an expiry of at most so many days
WITH lifecycles AS (
    SELECT *, list_min(list_transform(
        list_concat(
            json_extract_string(request_parameters, '$.LifecycleConfiguration.Rule[*].Expiration.Days'),
            [request_parameters->>'$.LifecycleConfiguration.Rule.Expiration.Days']
        ), lambda days: TRY_CAST(days AS BIGINT))) AS days
    FROM event_classes
    WHERE class = 'defense_evasion' AND object = 'log' AND service = 's3' AND event_name LIKE '%Lifecycle%'
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
)
SELECT event_time AS time, principal, summary AS what, target AS bucket, days,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM lifecycles
WHERE days <= getvariable('days')
ORDER BY time, event_id;
