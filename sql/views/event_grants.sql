-- One row is one permission that one event gave or took, or tried to: a statement of a policy for one principal, a managed
-- policy for one identity, a network that a rule lets in, a grantee of an access control list.
-- @order event_time, event_id, grantee
-- @tables events
-- @column effect 'allow' or 'deny'
-- @column grantee_type everyone, account, user, role, group, service, federated, network or principal
-- @column grantee Who: a name, an account, an ARN, a service, a CIDR block
-- @column actions The actions, wildcards as they are written; for a network protocol and ports; empty for a managed policy
-- @column all_actions_except Whether the actions are those that are not meant (NotAction)
-- @column resources The resources, wildcards as they are written
-- @column conditions The condition keys under which it applies
-- @column policy The ARN of the managed policy, whose text is not in the record; NULL if it is not one
-- @column public Whether it lets anybody in: everyone is named, and no condition restricts who or from where
-- @column external Whether it lets another account, or everybody, in
-- @column administrator Whether it allows everything, or is one of AWS's policies that come to that
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
