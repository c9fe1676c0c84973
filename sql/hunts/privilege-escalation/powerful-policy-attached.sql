-- Who was given a policy that allows nearly everything?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: an administrator policy was attached to a user, group or role.
-- false positives: the planned setup of an emergency access (break-glass) role.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE policy = '(AdministratorAccess|PowerUserAccess|IAMFullAccess)$'; -- regular expression that the policy's ARN must match
SELECT c.event_time AS time, c.principal, c.summary AS what, g.grantee AS given_to, g.policy,
    c.source_ip, c.account_id, c.region, c.error_code, c.session_id, c.signal_id, c.event_id
FROM event_classes AS c
JOIN event_grants AS g USING (event_id)
WHERE c.class = 'privilege_change' AND c.effect = 'grants' AND g.effect = 'allow'
    AND regexp_matches(g.policy, getvariable('policy'))
    AND c.event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(c.principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
