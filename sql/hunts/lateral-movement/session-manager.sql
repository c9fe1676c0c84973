-- Who opened a shell on a machine through Session Manager?
-- tactic: lateral-movement
-- techniques: T1021.008
-- hit: somebody had a shell or a tunnel on a machine; what was typed is not in CloudTrail.
-- innocent: administrators who work so. Ending a session is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_name, target,
    request_parameters->>'$.documentName' AS document, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'execution' AND object = 'session'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
