-- Who was given a policy that allows nearly everything?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: a policy for administrators was attached to a user, group or role.
-- false positives: the planned setup of an emergency role.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SET VARIABLE policy = '(AdministratorAccess|PowerUserAccess|IAMFullAccess)$'; -- a regular expression for the ARN of the policy
SELECT c.event_time AS time, c.principal, c.summary AS what, g.grantee AS given_to, g.policy,
    c.source_ip, c.account_id, c.region, c.error_code, c.session_id, c.signal_id, c.event_id
FROM event_classes AS c
JOIN event_grants AS g USING (event_id)
WHERE c.class = 'privilege_change' AND c.effect = 'grants' AND g.effect = 'allow'
    AND regexp_matches(g.policy, getvariable('policy'))
    AND c.event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(c.principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
