-- One row is one secret, key or credential that a signal or an event shows, and how near somebody came to it.
-- how: 'seen' if its name was on a page of the console; 'read' if its value was asked for; 'made' if it was created or
-- set. A failed call has its error_code. Ordinary traffic reads secrets all day: filter by client or principal.
-- @tables events signals
-- @column event_time When, UTC
-- @column how 'seen', 'read' or 'made'
-- @column secret_type What it is: secret, parameter, access_key, password, key_pair, credential, token
-- @column secret Its name or id, as the event has it; NULL if it has none
-- @column client What kind of program called
CREATE OR REPLACE VIEW secrets_seen AS
SELECT
    e.event_time,
    e.account_id,
    e.region,
    e.principal,
    e.source_ip,
    e.client,
    k.how,
    k.secret_type,
    COALESCE(
        list_any_value(json_extract_string(e.response_elements, [
            '$.accessKey.accessKeyId', '$.serviceSpecificCredential.serviceSpecificCredentialId',
            '$.sSHPublicKey.sSHPublicKeyId'
        ])),
        list_any_value(json_extract_string(e.request_parameters, [
            '$.secretId', '$.name', '$.path', '$.names[0]', '$.keyName', '$.instanceId', '$.clusterIdentifier',
            '$.userName'
        ]))
    ) AS secret,
    e.event_key,
    e.error_code,
    s.title,
    e.session_id,
    es.signal_id,
    e.event_id
FROM events AS e
JOIN (
    VALUES
    ('secretsmanager:GetSecretValue', 'read', 'secret'),
    ('secretsmanager:BatchGetSecretValue', 'read', 'secret'),
    ('secretsmanager:CreateSecret', 'made', 'secret'),
    ('secretsmanager:PutSecretValue', 'made', 'secret'),
    ('ssm:GetParameter', 'read', 'parameter'),
    ('ssm:GetParameters', 'read', 'parameter'),
    ('ssm:GetParametersByPath', 'read', 'parameter'),
    ('ssm:GetParameterHistory', 'read', 'parameter'),
    ('iam:CreateAccessKey', 'made', 'access_key'),
    ('iam:CreateLoginProfile', 'made', 'password'),
    ('iam:UpdateLoginProfile', 'made', 'password'),
    ('iam:ChangePassword', 'made', 'password'),
    ('iam:CreateServiceSpecificCredential', 'made', 'credential'),
    ('iam:ResetServiceSpecificCredential', 'made', 'credential'),
    ('iam:UploadSSHPublicKey', 'made', 'credential'),
    ('iam:UploadSigningCertificate', 'made', 'credential'),
    ('ec2:CreateKeyPair', 'made', 'key_pair'),
    ('ec2:ImportKeyPair', 'made', 'key_pair'),
    ('ec2:GetPasswordData', 'read', 'password'),
    ('lightsail:CreateKeyPair', 'made', 'key_pair'),
    ('lightsail:DownloadDefaultKeyPair', 'read', 'key_pair'),
    ('lightsail:GetInstanceAccessDetails', 'read', 'credential'),
    ('redshift:GetClusterCredentials', 'read', 'credential'),
    ('redshift-serverless:GetCredentials', 'read', 'credential'),
    ('sts:GetSessionToken', 'made', 'token'),
    ('sts:GetFederationToken', 'made', 'token')
) AS k (event_key, how, secret_type) USING (event_key)
LEFT JOIN event_signal AS es USING (event_id)
LEFT JOIN signals AS s USING (signal_id)
WHERE k.secret_type <> 'parameter' OR COALESCE(e.request_parameters->>'$.withDecryption', 'false') = 'true'
UNION ALL
SELECT
    s.first_time AS event_time,
    x.account_id,
    s.region,
    x.principal,
    e.source_ip,
    e.client,
    'seen' AS how,
    n.entity_type AS secret_type,
    n.entity_value AS secret,
    e.event_key,
    e.error_code,
    s.title,
    session_id,
    signal_id,
    event_id
FROM signal_entities AS n
JOIN signals AS s USING (signal_id)
JOIN sessions AS x USING (session_id)
LEFT JOIN events AS e USING (event_id)
WHERE n.entity_type IN ('secret', 'access_key', 'key_pair', 'kms_key');
