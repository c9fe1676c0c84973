-- Who created an access key for another user?
-- tactic: persistence
-- techniques: T1098.001
-- hit: someone created an access key for another user, which lets them act as that user.
-- false positives: an administrator who sets up a new service user. Not reported: keys that users create for
--   themselves.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, list_filter(entities, lambda n: n.entity_type = 'user')[1].name AS for_user,
    list_filter(entities, lambda n: n.entity_type = 'access_key' AND n.relation = 'created')[1].name AS made_key,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'credential_made' AND effect = 'created' AND object = 'access_key'
    AND for_user <> coalesce(principal, '')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
