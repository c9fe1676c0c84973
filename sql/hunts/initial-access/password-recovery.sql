-- Did somebody request a new root password?
-- tactic: initial-access
-- techniques: T1078.004
-- hit: the recovery of the root password was requested or completed; whoever reads the mailbox gets access to the account.
-- false positives: the owner forgot the password and can confirm it.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, user_agent,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_id IN (SELECT event_id FROM sign_ins WHERE way = 'recovery')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
