-- Who signed in to the console with a password but without MFA?
-- tactic: initial-access
-- techniques: T1078.004
-- hit: an IAM user or the root user signed in to the console with only a password.
-- false positives: accounts that do not require MFA. Not reported: sign-ins through an identity provider, which is
--   responsible for MFA.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
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
