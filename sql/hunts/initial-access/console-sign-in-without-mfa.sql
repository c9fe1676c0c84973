-- Who signed in to the console with a password and without MFA?
-- tactic: initial-access
-- techniques: T1078.004
-- hit: a user or root signed in to the console with a password alone.
-- false positives: accounts without mandatory MFA. Sign-ins through an identity provider are left out, since the
--   provider is responsible for MFA.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
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
