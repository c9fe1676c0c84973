-- Permissions that events granted or denied, including attempts. One row per event and grantee of a policy statement,
-- managed policy, firewall rule or access control list.
-- @order event_time, event_id, grantee
-- @tables events
-- @column effect 'allow' or 'deny'
-- @column grantee_type everyone, account, user, role, group, service, federated, network or principal
-- @column grantee Name, account ID, ARN, service or CIDR block of the grantee
-- @column actions Actions, with wildcards as written. Protocol and ports for a network. Empty for a managed policy
-- @column all_actions_except Whether the statement applies to all actions except those in actions (NotAction)
-- @column resources Resources, with wildcards as written
-- @column conditions Condition keys of the statement
-- @column policy ARN of a managed policy, whose contents are not in the record. NULL for other grants
-- @column public Whether the grant allows everyone, without a condition on who the caller is or where the call comes from
-- @column external Whether the grant allows another account or everyone
-- @column administrator Whether the grant allows all actions on all resources, directly or through an AWS managed policy
CREATE OR REPLACE VIEW event_grants AS
SELECT
    event_time,
    account_id,
    region,
    principal,
    event_key,
    summary,
    outcome,
    g.effect,
    g.grantee_type,
    g.grantee,
    g.actions,
    g.all_actions_except,
    g.resources,
    g.conditions,
    g.policy,
    g.public,
    g.external,
    g.administrator,
    session_id,
    event_id
FROM (
    SELECT
        *,
        unnest(from_json(grants, '[{
            "effect": "VARCHAR", "grantee_type": "VARCHAR", "grantee": "VARCHAR", "actions": ["VARCHAR"],
            "all_actions_except": "BOOLEAN", "resources": ["VARCHAR"], "conditions": ["VARCHAR"], "policy": "VARCHAR",
            "public": "BOOLEAN", "external": "BOOLEAN", "administrator": "BOOLEAN"
        }]')) AS g
    FROM events
    WHERE grants IS NOT NULL
);
