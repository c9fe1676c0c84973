-- Who made an access key for somebody else?
-- tactic: persistence
-- techniques: T1098.001
-- hit: a key of another user was made: whoever made it can now be that user.
-- innocent: an administrator equipping a new service user; a key for oneself is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, request_parameters->>'$.userName' AS for_user,
    response_elements->>'$.accessKey.accessKeyId' AS made_key,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key = 'iam:CreateAccessKey'
    AND (request_parameters->>'$.userName') IS DISTINCT FROM principal
    AND (request_parameters->>'$.userName') IS NOT NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
