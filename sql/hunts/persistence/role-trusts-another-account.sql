-- Which role can be assumed from another account?
-- tactic: persistence
-- techniques: T1098.003, T1199
-- hit: a role's trust was written to name another account, or everybody.
-- innocent: a partner's or a vendor's account that you know, guarded by an external id.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
WITH trusts AS (
    SELECT *, coalesce(request_parameters->>'$.policyDocument', request_parameters->>'$.assumeRolePolicyDocument')
        AS document
    FROM described_events
    WHERE event_key IN ('iam:UpdateAssumeRolePolicy', 'iam:CreateRole')
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
), named AS (
    SELECT *, list_distinct(list_filter(regexp_extract_all(document, '[:"]([0-9]{12})[:"]', 1),
        LAMBDA account: account <> account_id)) AS accounts,
        regexp_matches(document, '"(Principal|AWS)"\s*:\s*(\[\s*)?"\*"') AS everybody
    FROM trusts
)
SELECT event_time AS time, principal, what, request_parameters->>'$.roleName' AS role_name, accounts, everybody,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM named
WHERE len(accounts) > 0 OR everybody
ORDER BY time, event_id;
