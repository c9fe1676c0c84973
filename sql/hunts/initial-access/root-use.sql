-- Who used the root user?
-- tactic: initial-access
-- techniques: T1078.004
-- hit: someone used the account's root user, in the console or with an access key.
-- false positives: planned tasks that only the root user can perform. Not reported: AWS services that act as root on
--   behalf of the account.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, what, event_key, mfa, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE identity_type = 'Root' AND invoked_by IS NULL AND event_type IS DISTINCT FROM 'AwsServiceEvent'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
