-- Who switched a policy to another version?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: a different version of a policy became the default and now applies to every identity that the policy is
--   attached to.
-- false positives: infrastructure as code, which changes every policy this way. Not reported: versions that are
--   added without becoming the default.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, list_filter(entities, lambda n: n.entity_type = 'policy')[1].entity_value AS policy,
    coalesce(request_parameters->>'$.versionId', response_elements->>'$.policyVersion.versionId') AS version,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'privilege_change' AND effect = 'grants' AND object = 'policy version'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
