-- Who looked at another user's keys and then made one?
-- tactic: credential-access
-- techniques: T1098.001, T1087.004
-- hit: the keys of a user were listed, and minutes later the same session made one for that user.
-- innocent: an administrator doing a rotation by hand. A key for oneself is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE minutes = 60; -- from looking to making, at most so many minutes
SELECT m.event_time AS time, m.principal, m.what, m.request_parameters->>'$.userName' AS for_user,
    m.response_elements->>'$.accessKey.accessKeyId' AS made_key, min(l.event_time) AS listed,
    m.source_ip, m.account_id, m.region, m.error_code, m.session_id, m.signal_id, m.event_id
FROM described_events AS m
JOIN events AS l
    ON l.session_id = m.session_id
    AND (l.request_parameters->>'$.userName') = (m.request_parameters->>'$.userName')
    AND l.event_time BETWEEN m.event_time - to_minutes(getvariable('minutes')) AND m.event_time
WHERE m.event_key = 'iam:CreateAccessKey' AND l.event_key = 'iam:ListAccessKeys'
    AND (m.request_parameters->>'$.userName') <> m.principal
    AND m.event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(m.principal, '') LIKE getvariable('principal')
GROUP BY ALL
ORDER BY time, event_id;
