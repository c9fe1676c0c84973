-- In which bucket do objects expire within a few days?
-- tactic: defense-impairment
-- techniques: T1685.002, T1485.001
-- hit: a lifecycle rule deletes objects, such as the logs in a log bucket, within a few days.
-- false positives: buckets for temporary files. Not reported: longer expiration periods (see `days`).
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE days = 7; -- maximum number of days until objects expire
WITH lifecycles AS (
    SELECT *, list_min(list_transform(
        list_concat(
            json_extract_string(request_parameters, '$.LifecycleConfiguration.Rule[*].Expiration.Days'),
            [request_parameters->>'$.LifecycleConfiguration.Rule.Expiration.Days']
        ), lambda days: TRY_CAST(days AS BIGINT))) AS days
    FROM event_classes
    WHERE class = 'defense_impairment' AND object = 'log' AND service = 's3' AND event_name LIKE '%Lifecycle%'
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
)
SELECT event_time AS time, principal, summary AS what, target AS bucket, days,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM lifecycles
WHERE days <= getvariable('days')
ORDER BY time, event_id;
