-- Which role can be assumed from another account?
-- tactic: persistence
-- techniques: T1098.003, T1199
-- hit: the trust policy of a role now names another account, or everyone.
-- false positives: a partner's or a vendor's account that you know, restricted by an external ID.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
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
