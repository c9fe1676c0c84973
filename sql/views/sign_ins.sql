-- Sign-in events: sign-ins, MFA checks, role switches and password recoveries. If a user name does not exist, AWS records
-- HIDDEN_DUE_TO_SECURITY_REASONS instead of what was typed.
-- @order event_time, event_id
-- @tables events addresses
-- @column way 'password', 'federation', 'role switch', 'second factor', 'recovery' or 'other'
-- @column result 'success' or 'failure'. NULL if the record does not indicate it
-- @column failure Reason for the failure, as recorded
-- @column mfa Whether MFA was used. NULL if the record does not indicate it
-- @column failures_before Number of failed sign-ins by the same principal in the preceding hour
-- @column signed_in_to The page that was requested
-- @column switched_from The identity before a role switch
CREATE OR REPLACE VIEW sign_ins AS
SELECT
    event_time,
    account_id,
    region,
    identity_type,
    principal,
    source_ip,
    country,
    asn,
    owner,
    cloud,
    user_agent,
    event_name,
    CASE
        WHEN service = 'sts' OR event_name = 'Federate' OR event_name LIKE 'Get%Token' THEN 'federation'
        WHEN event_name LIKE '%Role' THEN 'role switch'
        WHEN event_name LIKE '%Mfa' OR event_name LIKE 'Credential%' THEN 'second factor'
        WHEN event_name LIKE 'PasswordRecovery%' THEN 'recovery'
        WHEN event_name LIKE '%Login'
            AND identity_type IN ('AssumedRole', 'SAMLUser', 'FederatedUser', 'WebIdentityUser')
            THEN 'federation'
        WHEN event_name LIKE '%Login' OR event_name LIKE '%Authenticat%' THEN 'password'
        ELSE 'other'
    END AS way,
    CASE
        WHEN outcome IN ('denied', 'failed') THEN 'failure'
        WHEN answer ILIKE 'success%' OR service IN ('sts', 'sso') THEN 'success'
    END AS result,
    COALESCE(error_message, error_code) AS failure,
    COALESCE(extra->>'$.additionalEventData.MFAUsed' = 'Yes', mfa) AS mfa,
    count(*) FILTER (result = 'failure') OVER (
        PARTITION BY account_id, principal ORDER BY event_time
        RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING
    ) AS failures_before,
    extra->>'$.additionalEventData.LoginTo' AS signed_in_to,
    extra->>'$.additionalEventData.SwitchFrom' AS switched_from,
    error_code,
    session_id,
    event_id
FROM (
    -- The response to a sign-in names the event and states the result.
    SELECT *, json_extract_string(response_elements, event_name) AS answer
    FROM events
    WHERE service = 'signin'
        OR (service = 'sso' AND (event_name = 'Federate' OR event_name LIKE 'Authenticat%'))
        OR (service = 'sts' AND (event_name LIKE '%WithSAML' OR event_name LIKE 'Get%FederationToken'))
) AS doors
LEFT JOIN addresses ON address = source_ip;
