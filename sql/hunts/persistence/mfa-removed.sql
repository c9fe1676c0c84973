-- Who lost a second factor, and got no new one?
-- tactic: persistence
-- techniques: T1556.006
-- hit: a user's MFA device was taken off, and none was put on soon after.
-- innocent: a lost telephone, replaced days later. A change of device in one go is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE minutes = 60; -- a new device within so many minutes makes it a change of device
WITH devices AS (
    SELECT *, list_filter(entities, lambda n: n.entity_type = 'user')[1].name AS of_user, list_filter(entities, lambda n: n.entity_type = 'mfa_device')[1].entity_value AS device
    FROM event_classes
    WHERE class IN ('privilege_change', 'credential_made') AND object = 'mfa_device'
)
SELECT event_time AS time, principal, summary AS what, of_user, device,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM devices AS e
WHERE class = 'privilege_change' AND effect = 'loosens' AND of_user IS NOT NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
    AND NOT EXISTS (
        FROM devices AS n
        WHERE n.class = 'credential_made' AND n.outcome = 'succeeded' AND n.account_id = e.account_id
            AND n.of_user = e.of_user
            AND n.event_time BETWEEN e.event_time AND e.event_time + to_minutes(getvariable('minutes'))
    )
ORDER BY time, event_id;
