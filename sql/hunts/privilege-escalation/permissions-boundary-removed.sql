-- Whose limits were taken away?
-- tactic: privilege-escalation
-- techniques: T1098.003
-- hit: the boundary of what a user or role can ever be allowed is gone.
-- innocent: a clean-up of boundaries as a whole; then there are many at once. Setting a boundary is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, target AS of_identity,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'privilege_change' AND effect = 'loosens' AND object = 'permissions boundary'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
