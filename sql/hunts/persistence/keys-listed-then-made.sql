-- Who listed the keys of another user and then created one?
-- tactic: persistence
-- techniques: T1098.001, T1087.004
-- hit: the keys of a user were listed, and minutes later the same session created one for that user.
-- false positives: an administrator who rotates keys by hand. Keys that users create for themselves are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SET VARIABLE minutes = 60; -- maximum number of minutes between listing and creating
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
