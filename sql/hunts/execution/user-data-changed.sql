-- Who changed what an instance runs when it starts?
-- tactic: execution
-- techniques: T1059
-- hit: an instance's user data was replaced. The new user data runs as root at the next start; check whether the
--   instance was later stopped and started.
-- false positives: an owner who rebuilds the instance.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, target AS instance, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'execution' AND event_key = 'ec2:ModifyInstanceAttribute'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
