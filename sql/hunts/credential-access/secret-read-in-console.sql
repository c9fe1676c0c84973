-- Who read the value of a secret in a console session?
-- tactic: credential-access
-- techniques: T1555.006
-- hit: a person read the value of a secret or decrypted parameter, which may have to be rotated.
-- false positives: the owner of the secret. Not reported: opening a secret's page without retrieving the value.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, target AS secret, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'secret_read' AND object IN ('secret', 'parameter') AND invoked_by IS NULL
    AND session_id IN (SELECT session_id FROM sessions WHERE console)
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
