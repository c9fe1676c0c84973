-- Who switched a policy to another version?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: a policy says something else now for all who have it: a new version became the default, or an old one again.
-- innocent: infrastructure as code, which writes each change so. A version that is only added is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_name, list_filter(entities, lambda n: n.entity_type = 'policy')[1].entity_value AS policy,
    coalesce(request_parameters->>'$.versionId', response_elements->>'$.policyVersion.versionId') AS version,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'privilege_change' AND effect = 'grants' AND object = 'policy version'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
