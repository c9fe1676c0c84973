-- Who signed in to the console with a password and no second factor?
-- tactic: initial-access
-- techniques: T1078.004
-- hit: a user or root signed in to the console, and the password alone was enough.
-- innocent: accounts without mandatory MFA, whose people do so every day; whoever signs in through an identity
--   provider is left out, since MFA is that provider's matter.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, identity_type, user_agent,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key = 'signin:ConsoleLogin'
    AND identity_type IN ('IAMUser', 'Root')
    AND outcome = 'succeeded'
    AND (extra->>'$.additionalEventData.MFAUsed') = 'No'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
