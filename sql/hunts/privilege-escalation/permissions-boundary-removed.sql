-- Whose permissions boundary was removed?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: the permissions boundary of a user or role was removed.
-- false positives: a cleanup of boundaries; then there are many at once. Setting a boundary is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, target AS of_identity,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'privilege_change' AND effect = 'loosens' AND object = 'permissions boundary'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
