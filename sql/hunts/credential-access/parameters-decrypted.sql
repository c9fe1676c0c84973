-- Who read decrypted Systems Manager parameters?
-- tactic: credential-access
-- techniques: T1555.006
-- hit: an identity other than an AWS service read the decrypted values of Systems Manager parameters.
-- false positives: applications that read their own parameters; focus on paths that belong to other applications. Not
--   reported: reads without decryption.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS parameters, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'secret_read' AND object = 'parameter' AND invoked_by IS NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
