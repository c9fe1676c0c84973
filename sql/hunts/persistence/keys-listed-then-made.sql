-- Who listed another user's access keys and then created one?
-- tactic: persistence
-- techniques: T1098.001, T1087.004
-- hit: a session listed a user's access keys and, minutes later, created a key for that user.
-- false positives: an administrator who rotates keys manually. Not reported: keys that users create for themselves.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE minutes = 60; -- maximum number of minutes between listing the keys and creating one
WITH made AS (
    SELECT *, list_filter(entities, lambda n: n.entity_type = 'user')[1].name AS for_user
    FROM event_classes
    WHERE class = 'credential_made' AND effect = 'created' AND object = 'access_key'
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
)
SELECT m.event_time AS time, m.principal, m.summary AS what, m.for_user,
    list_filter(m.entities, lambda n: n.entity_type = 'access_key' AND n.relation = 'created')[1].name AS made_key,
    min(l.event_time) AS listed,
    m.source_ip, m.account_id, m.region, m.error_code, m.session_id, m.signal_id, m.event_id
FROM made AS m
JOIN events AS l
    ON l.session_id = m.session_id
    AND (l.request_parameters->>'$.userName') = m.for_user
    AND l.event_time BETWEEN m.event_time - to_minutes(getvariable('minutes')) AND m.event_time
WHERE l.event_key = 'iam:ListAccessKeys' AND m.for_user <> m.principal
GROUP BY ALL
ORDER BY time, m.event_id;
