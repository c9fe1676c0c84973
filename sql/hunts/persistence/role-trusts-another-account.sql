-- Which role can be assumed from another account?
-- tactic: persistence
-- techniques: T1098.003, T1199
-- hit: a role's trust policy now allows another account, or everyone, to assume the role.
-- false positives: the account of a known partner or vendor, restricted by an external ID.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, target AS role_name, g.accounts, g.everybody,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes AS c
JOIN (
    SELECT event_id, bool_or(public) AS everybody,
        list_sort(list_distinct(list_filter(list(regexp_extract(grantee, '\b\d{12}\b')),
            lambda account: account <> ''))) AS accounts
    FROM event_grants
    WHERE external
    GROUP BY event_id
) AS g USING (event_id)
WHERE class = 'persistence' AND service = 'iam'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
