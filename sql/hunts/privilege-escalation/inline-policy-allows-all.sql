-- Who wrote a policy that allows all actions?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: a policy that allows all actions (`*`), or all IAM or STS actions, was created, or was added to a user, group
--   or role.
-- false positives: few; such broad policies are rarely intentional.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
WITH granted AS (
    SELECT event_id, list(DISTINCT action ORDER BY action) AS actions, bool_or(administrator) AS administrator
    FROM (
        SELECT event_id, administrator, unnest(CASE WHEN len(actions) = 0 THEN [''] ELSE actions END) AS action
        FROM event_grants
        WHERE effect = 'allow' AND policy IS NULL AND grantee_type IN ('user', 'role', 'group', 'policy', 'permission_set')
    )
    WHERE administrator OR action IN ('iam:*', 'sts:*')
    GROUP BY event_id
)
SELECT event_time AS time, principal, summary AS what, target AS given_to, g.actions, g.administrator,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
JOIN granted AS g USING (event_id)
WHERE class = 'privilege_change'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
