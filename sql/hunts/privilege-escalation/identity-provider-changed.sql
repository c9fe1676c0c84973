-- Who created or changed an identity provider?
-- tactic: privilege-escalation
-- techniques: T1484.002
-- hit: an identity provider was created or changed. Whoever controls it can assume any role that trusts it.
-- false positives: a planned setup of single sign-on, or of OIDC for a pipeline.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS provider,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'privilege_change' AND effect = 'trusts' AND object = 'identity provider'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
