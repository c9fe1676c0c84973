-- Who switched a policy to another version?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: another version of a policy became its default and applies to all identities that have the policy.
-- false positives: infrastructure as code, which makes every change this way. A version that is only added is left
--   out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, list_filter(entities, lambda n: n.entity_type = 'policy')[1].entity_value AS policy,
    coalesce(request_parameters->>'$.versionId', response_elements->>'$.policyVersion.versionId') AS version,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'privilege_change' AND effect = 'grants' AND object = 'policy version'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
