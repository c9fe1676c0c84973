-- Whose permissions boundary was removed?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: the permissions boundary of a user or role was removed.
-- false positives: a cleanup that removes many boundaries at the same time. Not reported: setting a boundary.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, target AS of_identity,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'privilege_change' AND effect = 'loosens' AND object = 'permissions boundary'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
