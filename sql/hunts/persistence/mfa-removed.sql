-- Who lost a second factor, and got no new one?
-- tactic: persistence
-- techniques: T1556.006
-- hit: a user's MFA device was taken off, and none was put on soon after.
-- innocent: a lost telephone, replaced days later. A change of device in one go is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE minutes = 60; -- a new device within so many minutes makes it a change of device
SELECT event_time AS time, principal, what, request_parameters->>'$.userName' AS of_user,
    request_parameters->>'$.serialNumber' AS device,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events AS e
WHERE event_key = 'iam:DeactivateMFADevice'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
    AND NOT EXISTS (
        FROM events AS n
        WHERE n.event_key = 'iam:EnableMFADevice' AND n.error_code IS NULL AND n.account_id = e.account_id
            AND (n.request_parameters->>'$.userName') = (e.request_parameters->>'$.userName')
            AND n.event_time BETWEEN e.event_time AND e.event_time + to_minutes(getvariable('minutes'))
    )
ORDER BY time, event_id;
