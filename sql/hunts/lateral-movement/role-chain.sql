-- Which role assumed another role?
-- tactic: lateral-movement
-- techniques: T1550.001, T1548.005
-- hit: an assumed role assumed another role, or a console session switched roles.
-- false positives: pipelines that use a hub account. Not reported: AssumeRole calls by users or AWS services.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name,
    coalesce(list_filter(entities, lambda n: n.entity_type = 'role')[1].entity_value, extra->>'$.additionalEventData.SwitchTo') AS to_role,
    request_parameters->>'$.roleSessionName' AS session_name,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_id IN (
        SELECT event_id
        FROM events
        WHERE event_key = 'sts:AssumeRole' AND identity_type = 'AssumedRole' AND invoked_by IS NULL
        UNION ALL
        SELECT event_id FROM sign_ins WHERE way = 'role switch' AND switched_from IS NOT NULL
    )
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
