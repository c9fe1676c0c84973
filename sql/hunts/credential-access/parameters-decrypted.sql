-- Who read decrypted parameters?
-- tactic: credential-access
-- techniques: T1555.006
-- hit: an identity other than a service read the decrypted values of Systems Manager parameters.
-- false positives: applications that read their own parameters; look for paths of other applications. Reads without
--   decryption are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS parameters, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'secret_read' AND object = 'parameter' AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
