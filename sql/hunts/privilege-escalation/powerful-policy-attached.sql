-- Who was given a policy that allows nearly everything?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: a policy of the kind that administrators have was attached to a user, group or role.
-- innocent: a break-glass role being set up, with a ticket.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE policy = '(AdministratorAccess|PowerUserAccess|IAMFullAccess)$'; -- the policy's ARN, a regular expression
SELECT event_time AS time, principal, what,
    coalesce(request_parameters->>'$.userName', request_parameters->>'$.roleName', request_parameters->>'$.groupName')
        AS given_to, request_parameters->>'$.policyArn' AS policy,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key IN ('iam:AttachUserPolicy', 'iam:AttachRolePolicy', 'iam:AttachGroupPolicy')
    AND regexp_matches(request_parameters->>'$.policyArn', getvariable('policy'))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
