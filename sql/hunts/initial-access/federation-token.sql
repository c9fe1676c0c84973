-- Who used an access key to get a console session?
-- tactic: initial-access
-- techniques: T1550.001, T1078.004
-- hit: a user's access key was exchanged for temporary credentials with GetFederationToken, or a federated user
--   signed in with a token. Such credentials give access to the console and remain valid even after the key is deleted.
-- false positives: a custom sign-in portal or identity broker, which always uses the same identity from the same
--   network.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, request_parameters->>'$.name' AS federated_name,
    list_filter(entities, lambda n: n.entity_type = 'access_key' AND n.relation = 'created')[1].name AS made_key,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE (event_key = 'sts:GetFederationToken' OR (service = 'signin' AND identity_type = 'FederatedUser'))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
