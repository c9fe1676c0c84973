-- Who set another user's console password?
-- tactic: persistence
-- techniques: T1098.001, T1136.003
-- hit: someone created or changed another user's console password.
-- false positives: a new employee; a forgotten password. Not reported: users who change their own password.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, list_filter(entities, lambda n: n.entity_type = 'user')[1].name AS for_user,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'credential_made' AND object = 'password' AND service IN ('iam', 'sso-directory')
    AND for_user <> coalesce(principal, '')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
