-- Did somebody ask for a new root password?
-- tactic: initial-access
-- techniques: T1078.004
-- hit: the recovery of root's password was requested or completed; whoever reads that mailbox owns the account.
-- innocent: the owner forgot it; the mailbox and a ticket will say so.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_name, user_agent,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_id IN (SELECT event_id FROM sign_ins WHERE way = 'recovery')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
