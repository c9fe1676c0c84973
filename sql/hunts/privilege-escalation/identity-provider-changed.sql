-- Who made or changed an identity provider?
-- tactic: privilege-escalation
-- techniques: T1484.002
-- hit: whoever owns the provider can vouch for any identity that trusts it.
-- innocent: setting up single sign-on or a pipeline's OIDC, rarely and announced.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS provider,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'privilege_change' AND effect = 'trusts' AND object = 'identity provider'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
