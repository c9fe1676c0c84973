-- Who opened a shell on an instance through Session Manager?
-- tactic: lateral-movement
-- techniques: T1021.008
-- hit: somebody had a shell or a tunnel on an instance; what was typed is not in CloudTrail.
-- false positives: administrators who work this way. Ending a session is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target,
    request_parameters->>'$.documentName' AS document, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'execution' AND object = 'session'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
