-- One row is one event that changed who may do what, or tried to, by whatever client.
-- effect: 'grants' permissions; 'trusts' somebody else's identities; 'creates' an identity or a way to sign in;
-- 'loosens' a boundary, a second factor or the password policy; 'revokes'. A failed call has its error_code.
-- @tables events signals
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column title Where in the console; NULL if no signal explains it
-- @column effect 'grants', 'trusts', 'creates', 'loosens' or 'revokes'
-- @column target Whose permissions: the user, group, role or instance; NULL if the call names none
-- @column policy The policy's ARN or name; NULL if the call is about none
-- @column administrator Whether the policy is one of AWS's for administrators, or its text allows everything
-- @column own Whether the target is the caller; NULL if there is no target
CREATE OR REPLACE VIEW privilege_changes AS
SELECT
    k.effect,
    list_any_value(json_extract_string(e.request_parameters, [
        '$.userName', '$.roleName', '$.groupName', '$.instanceProfileName', '$.principalId', '$.targetId',
        '$.name'
    ])) AS target,
    list_any_value(json_extract_string(e.request_parameters, [
        '$.policyArn', '$.policyName', '$.managedPolicyArn', '$.permissionSetArn', '$.permissionsBoundary',
        '$.policyId'
    ])) AS policy,
    COALESCE(regexp_matches(policy, '(AdministratorAccess|IAMFullAccess|PowerUserAccess)$'), FALSE)
        OR COALESCE(regexp_matches(
            e.request_parameters->>'$.policyDocument', '"Action"\s*:\s*(\[\s*)?"\*"'
        ), FALSE) AS administrator,
    CASE
        WHEN target IS NOT NULL
            THEN COALESCE(target IN (e.user_name, e.principal, split_part(e.principal, '/', 1)), FALSE)
    END AS own,
    es.signal_id,
    s.title,
    e.*
FROM events AS e
JOIN (
    VALUES
    ('iam:AttachUserPolicy', 'grants'),
    ('iam:AttachRolePolicy', 'grants'),
    ('iam:AttachGroupPolicy', 'grants'),
    ('iam:PutUserPolicy', 'grants'),
    ('iam:PutRolePolicy', 'grants'),
    ('iam:PutGroupPolicy', 'grants'),
    ('iam:AddUserToGroup', 'grants'),
    ('iam:CreatePolicyVersion', 'grants'),
    ('iam:SetDefaultPolicyVersion', 'grants'),
    ('iam:AddRoleToInstanceProfile', 'grants'),
    ('ec2:AssociateIamInstanceProfile', 'grants'),
    ('ec2:ReplaceIamInstanceProfileAssociation', 'grants'),
    ('sso:CreateAccountAssignment', 'grants'),
    ('sso:AttachManagedPolicyToPermissionSet', 'grants'),
    ('sso:PutInlinePolicyToPermissionSet', 'grants'),
    ('sso-directory:AddMemberToGroup', 'grants'),
    ('identitystore:CreateGroupMembership', 'grants'),
    ('organizations:DetachPolicy', 'grants'),
    ('iam:UpdateAssumeRolePolicy', 'trusts'),
    ('iam:CreateSAMLProvider', 'trusts'),
    ('iam:UpdateSAMLProvider', 'trusts'),
    ('iam:CreateOpenIDConnectProvider', 'trusts'),
    ('iam:AddClientIDToOpenIDConnectProvider', 'trusts'),
    ('iam:UpdateOpenIDConnectProviderThumbprint', 'trusts'),
    ('rolesanywhere:CreateTrustAnchor', 'trusts'),
    ('rolesanywhere:CreateProfile', 'trusts'),
    ('iam:CreateUser', 'creates'),
    ('iam:CreateRole', 'creates'),
    ('iam:CreateAccessKey', 'creates'),
    ('iam:CreateLoginProfile', 'creates'),
    ('iam:UpdateLoginProfile', 'creates'),
    ('iam:CreateVirtualMFADevice', 'creates'),
    ('iam:EnableMFADevice', 'creates'),
    ('sso-directory:CreateUser', 'creates'),
    ('identitystore:CreateUser', 'creates'),
    ('sso:CreatePermissionSet', 'creates'),
    ('iam:DeleteUserPermissionsBoundary', 'loosens'),
    ('iam:DeleteRolePermissionsBoundary', 'loosens'),
    ('iam:PutUserPermissionsBoundary', 'loosens'),
    ('iam:PutRolePermissionsBoundary', 'loosens'),
    ('iam:DeactivateMFADevice', 'loosens'),
    ('iam:DeleteVirtualMFADevice', 'loosens'),
    ('iam:UpdateAccountPasswordPolicy', 'loosens'),
    ('iam:DeleteAccountPasswordPolicy', 'loosens'),
    ('iam:DetachUserPolicy', 'revokes'),
    ('iam:DetachRolePolicy', 'revokes'),
    ('iam:DetachGroupPolicy', 'revokes'),
    ('iam:DeleteUserPolicy', 'revokes'),
    ('iam:DeleteRolePolicy', 'revokes'),
    ('iam:DeleteGroupPolicy', 'revokes'),
    ('iam:RemoveUserFromGroup', 'revokes'),
    ('iam:DeleteUser', 'revokes'),
    ('iam:DeleteRole', 'revokes'),
    ('iam:DeleteAccessKey', 'revokes'),
    ('iam:UpdateAccessKey', 'revokes'),
    ('iam:DeleteLoginProfile', 'revokes'),
    ('sso:DeleteAccountAssignment', 'revokes'),
    ('organizations:AttachPolicy', 'revokes')
) AS k (event_key, effect) USING (event_key)
LEFT JOIN event_signal AS es USING (event_id)
LEFT JOIN signals AS s USING (signal_id);
