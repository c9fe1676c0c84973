-- Permissions and resources that events in the case opened to everyone, to another account or to any address: policies,
-- role trusts, snapshot and image shares, inbound security group rules, access control lists and public settings. One row
-- per event and party. Only successful calls are included.
-- closed_at is NULL if no event in the case closed the access again, which does not prove that it is still open. Access
-- that was opened before the case begins is not listed. opened_to is NULL for a call that removed a protection without
-- naming a party.
-- @order event_time, event_id, opened_to
-- @tables events
-- @column resource_type Type of the resource: bucket, role, snapshot, security_group
-- @column resource Name or ID of the resource
-- @column opened_to everyone, an account ID, a principal or a CIDR block. NULL if the record does not name a party
-- @column opened_to_type everyone, account, user, role, federated, network or principal
-- @column in_case Whether opened_to is an account that has events in the case
-- @column actions Permitted actions, or protocol and ports. Empty if the record does not list them
-- @column closed_at Time at which the access was closed again (UTC): event_ends.ended_at
-- @column closed_by The event that closed the access: events.event_id
-- @column closed_by_principal The principal that closed the access
-- @column closing What the closing event did
CREATE OR REPLACE VIEW open_to_outside AS
WITH
granted AS (
    SELECT
        event_id, grantee_type, grantee,
        list_sort(list_distinct(flatten(list(actions)))) AS actions,
        regexp_extract(grantee, '\b\d{12}\b') AS account
    FROM event_grants
    WHERE effect = 'allow' AND outcome = 'succeeded' AND external
    GROUP BY event_id, grantee_type, grantee
),
exposed AS (
    SELECT event_id, public, shared_with
    FROM data_exposure
    WHERE outcome = 'succeeded' AND how IN ('shared', 'policy')
),
opened AS MATERIALIZED (
    FROM granted
    UNION ALL
    SELECT x.event_id, 'everyone', 'everyone', [], ''
    FROM exposed AS x
    WHERE x.public AND x.event_id NOT IN (SELECT event_id FROM granted)
    UNION ALL
    SELECT x.event_id, 'account', x.account, [], x.account
    FROM (SELECT event_id, unnest(shared_with) AS account FROM exposed) AS x
    ANTI JOIN granted AS g ON g.event_id = x.event_id AND g.account = x.account
    UNION ALL
    SELECT x.event_id, NULL, NULL, [], ''
    FROM exposed AS x
    WHERE NOT x.public AND len(x.shared_with) = 0 AND x.event_id NOT IN (SELECT event_id FROM granted)
),
-- Separate branches, so that each scan skips the vectors without such events.
event AS (
    SELECT event_time, account_id, region, principal, event_name, event_key, summary, session_id, event_id
    FROM events
    WHERE classes IS NOT NULL
    UNION ALL
    SELECT event_time, account_id, region, principal, event_name, event_key, summary, session_id, event_id
    FROM events
    WHERE classes IS NULL AND grants IS NOT NULL
),
about AS (
    SELECT
        event_id,
        arg_min(entity_type, (entity_type, name)) AS resource_type,
        arg_min(name, (entity_type, name)) AS resource
    FROM event_subjects
    GROUP BY event_id
)
SELECT
    e.event_time,
    e.account_id,
    e.region,
    e.principal,
    a.resource_type,
    a.resource,
    o.grantee AS opened_to,
    o.grantee_type AS opened_to_type,
    o.account IN (SELECT DISTINCT account_id FROM events) AS in_case,
    o.actions,
    e.event_key,
    e.summary,
    n.ended_at AS closed_at,
    n.ended_by AS closed_by,
    c.principal AS closed_by_principal,
    c.summary AS closing,
    e.session_id,
    e.event_id
FROM opened AS o
JOIN event AS e USING (event_id)
LEFT JOIN about AS a USING (event_id)
LEFT JOIN (FROM event_ends SEMI JOIN opened USING (event_id)) AS n USING (event_id)
LEFT JOIN (
    SELECT event_id, principal, summary
    FROM events
    -- No read ends an effect.
    WHERE read_only IS NOT TRUE AND event_category IS DISTINCT FROM 'Data'
) AS c ON c.event_id = n.ended_by
-- Outbound rules do not open anything by themselves, nor do network ACLs, which security groups restrict further.
WHERE NOT (o.grantee_type = 'network' AND (contains(e.event_name, 'Egress') OR a.resource_type = 'network_acl'));
