-- Was root used?
-- tactic: initial-access
-- techniques: T1078.004
-- hit: somebody used the account's root identity, in the console or by a key of its own.
-- innocent: the few things that only root can do, announced beforehand; services that act for the account as root are
--   left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, event_key, mfa, client,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE identity_type = 'Root' AND invoked_by IS NULL AND event_type IS DISTINCT FROM 'AwsServiceEvent'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
