-- Who wrote a policy that allows all actions?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: a policy that allows `*` or all of IAM or STS was put into a user, group or role, or made.
-- innocent: few; such policies are rarely meant.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what,
    coalesce(request_parameters->>'$.userName', request_parameters->>'$.roleName', request_parameters->>'$.groupName')
        AS given_to, request_parameters->>'$.policyDocument' AS document,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key IN ('iam:PutUserPolicy', 'iam:PutRolePolicy', 'iam:PutGroupPolicy', 'iam:CreatePolicy',
        'iam:CreatePolicyVersion')
    AND regexp_matches(request_parameters->>'$.policyDocument', '"Action"\s*:\s*(\[[^\]]*)?"((iam|sts):)?\*"')
    AND contains(request_parameters->>'$.policyDocument', '"Allow"')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
