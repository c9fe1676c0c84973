-- Who pushed a key to an instance or opened its serial console?
-- tactic: lateral-movement
-- techniques: T1021.004, T1098.004
-- hit: somebody could log in to a machine by SSH or its serial port, without a key of their own on it.
-- innocent: administrators who work so. Looking at an instance is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_name, list_filter(entities, lambda n: n.entity_type = 'instance')[1].name AS instance,
    coalesce(request_parameters->>'$.instanceOSUser', request_parameters->>'$.osUser') AS os_user,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE ((class = 'execution' AND service = 'ec2-instance-connect')
        OR (class = 'persistence' AND event_key = 'ec2:EnableSerialConsoleAccess'))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
