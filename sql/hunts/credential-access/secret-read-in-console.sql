-- Who read the value of a secret in a console session?
-- tactic: credential-access
-- techniques: T1555.006
-- hit: a person saw the value of a secret or a decrypted parameter, which may have to be rotated.
-- false positives: the owner of the secret. Opening the page of a secret without its value is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, target AS secret, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'secret_read' AND object IN ('secret', 'parameter') AND invoked_by IS NULL
    AND session_id IN (SELECT session_id FROM sessions WHERE console)
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
