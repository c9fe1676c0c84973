-- The values in a case that `--redact` replaces wherever they occur. One row per value; kind is keys, accounts, addresses
-- or names.
WITH callers AS (
    SELECT DISTINCT
        principal, principal_id, principal_arn, issuer_arn, user_name, source_identity, on_behalf_of, access_key_id, source_ip,
        account_id, recipient_account_id, identity_account_id
    FROM events
),

named AS (
    SELECT DISTINCT n.entity_type, unnest([n.entity_value, n.name]) AS value
    FROM (SELECT unnest(entities) AS n FROM events)
    UNION
    SELECT DISTINCT entity_type, entity_value FROM signal_entities
),

-- arn:aws:iam::111122223333:user/path/ana and arn:aws:sts::111122223333:assumed-role/Admin/ana
arns AS (
    SELECT DISTINCT string_split(regexp_extract(arn, '^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.*)$', 1), '/') AS parts
    FROM (
        SELECT unnest([principal_arn, issuer_arn]) AS arn FROM callers
        UNION
        SELECT value FROM named WHERE value LIKE 'arn:%:iam:%' OR value LIKE 'arn:%:sts:%'
    )
),

found AS (
    SELECT 'names' AS kind, unnest([user_name, source_identity, on_behalf_of]) AS value FROM callers
    UNION
    SELECT 'names', unnest(string_split(principal, '/')) FROM callers
    UNION
    SELECT 'names', parts[-1] FROM arns
    WHERE parts[1] IN ('user', 'role', 'group', 'instance-profile', 'federated-user', 'mfa', 'server-certificate')
    UNION
    SELECT 'names', unnest(parts[2:]) FROM arns WHERE parts[1] = 'assumed-role'
    UNION
    SELECT 'names', split_part(principal_id, ':', 2) FROM callers
    UNION
    SELECT 'names', value FROM named
    WHERE entity_type IN ('user', 'role', 'group', 'instance_profile', 'identity_user', 'identity_group', 'federated_user')
        AND value NOT LIKE 'arn:%'
    UNION
    SELECT 'keys', unnest([access_key_id, split_part(principal_id, ':', 1)]) FROM callers
    UNION
    SELECT 'keys', value FROM named WHERE entity_type = 'access_key'
    UNION
    SELECT 'accounts', unnest([account_id, recipient_account_id, identity_account_id]) FROM callers
    UNION
    SELECT 'accounts', value FROM named WHERE entity_type = 'account'
    UNION
    SELECT 'addresses', source_ip FROM callers
)

SELECT DISTINCT kind, value FROM found
WHERE len(value) > 1
    -- The unique ID of an identity can be its account ID, as is the case for the root user.
    AND (kind <> 'keys' OR NOT regexp_full_match(value, '[0-9]*'))
    AND (kind <> 'accounts' OR regexp_full_match(value, '[0-9]{12}'))
ORDER BY ALL
