-- Who was given a policy that allows nearly everything?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: a policy of the kind that administrators have was attached to a user, group or role.
-- innocent: a break-glass role being set up, with a ticket.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE policy = '(AdministratorAccess|PowerUserAccess|IAMFullAccess)$'; -- the policy's ARN, a regular expression
SELECT c.event_time AS time, c.principal, c.summary AS what, g.grantee AS given_to, g.policy,
    c.source_ip, c.account_id, c.region, c.error_code, c.session_id, c.signal_id, c.event_id
FROM event_classes AS c
JOIN event_grants AS g USING (event_id)
WHERE c.class = 'privilege_change' AND c.effect = 'grants' AND g.effect = 'allow'
    AND regexp_matches(g.policy, getvariable('policy'))
    AND c.event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(c.principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
