-- Who passed a role to an instance, function or job for the first time?
-- tactic: privilege-escalation
-- techniques: T1098.003, T1078.004
-- hit: an identity passed a role that it had not passed earlier in the trail. Whatever runs with the role has the
--   role's permissions, which can exceed the identity's own.
-- false positives: regular deployments whose earlier runs are not in the trail. Not reported: later uses of the same
--   role by the same identity.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
WITH passed AS (
    SELECT *, list_filter(entities, lambda n: n.relation = 'used' AND n.entity_type IN ('role', 'instance_profile'))[1]
        .entity_value AS passed_role
    FROM described_events
    WHERE service NOT IN ('iam', 'sts', 'signin') AND read_only IS NOT TRUE AND invoked_by IS NULL
        AND entities IS NOT NULL
)
SELECT event_time AS time, principal, what, event_key, passed_role,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM passed
WHERE passed_role IS NOT NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
QUALIFY row_number() OVER (PARTITION BY account_id, principal, passed_role ORDER BY event_time, event_id) = 1
ORDER BY time, event_id;
