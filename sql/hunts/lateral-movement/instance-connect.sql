-- Who pushed an SSH key to an instance or opened its serial console?
-- tactic: lateral-movement
-- techniques: T1021.004, T1098.004
-- hit: someone could log in to an instance over SSH or the serial console without a key that is permanently installed
--   on the instance.
-- false positives: administrators who regularly connect this way. Not reported: viewing an instance.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, list_filter(entities, lambda n: n.entity_type = 'instance')[1].name AS instance,
    coalesce(request_parameters->>'$.instanceOSUser', request_parameters->>'$.osUser') AS os_user,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE ((class = 'execution' AND service = 'ec2-instance-connect')
        OR (class = 'persistence' AND event_key = 'ec2:EnableSerialConsoleAccess'))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
