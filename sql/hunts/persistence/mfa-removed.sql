-- Whose MFA device was removed and not replaced?
-- tactic: persistence
-- techniques: T1556.006
-- hit: a user's MFA device was removed, and no new device was added soon afterward.
-- false positives: a lost phone that is replaced days later. Not reported: devices that are replaced soon afterward
--   (see `minutes`).
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE minutes = 60; -- number of minutes within which a newly added device counts as a replacement
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
