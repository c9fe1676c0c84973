-- Did someone request a root password reset?
-- tactic: initial-access
-- techniques: T1078.004
-- hit: a root password reset was requested or completed. Anyone who can read the root user's mailbox can then
--   sign in to the account.
-- false positives: an owner who forgot the password and can confirm the request.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, user_agent,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_id IN (SELECT event_id FROM sign_ins WHERE way = 'recovery')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
