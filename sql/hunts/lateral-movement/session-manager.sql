-- Who opened a shell on an instance through Session Manager?
-- tactic: lateral-movement
-- techniques: T1021.008
-- hit: someone opened a shell on an instance, or a tunnel to it. CloudTrail does not record what was typed.
-- false positives: administrators who regularly use Session Manager. Not reported: ending a session.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target,
    request_parameters->>'$.documentName' AS document, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'execution' AND object = 'session'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
