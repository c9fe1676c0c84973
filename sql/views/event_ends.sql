-- Events whose effect ended later in the case because another call undid it, or because every resource that the event
-- concerns was deleted. For events that are not listed, no such call was recognized in the case. A call undoes an event if
-- it is the opposite call (class 'reversal') and names the same resources. For example, a share with two accounts does
-- not end when access is withdrawn from only one of them. A role's trust policy that lets outside parties assume the role
-- ends when it is replaced with one that does not. Other replaced policies are not recognized.
-- @order ended_at, event_id
-- @column event_id The event whose effect ended: events.event_id
-- @column ended_at Time at which the effect ended (UTC)
-- @column ended_by The event that ended the effect: events.event_id. If several resources were deleted, the last deletion
-- @column deleted Types of the resources that were deleted, one per resource. Empty if a call undid the event
CREATE OR REPLACE VIEW event_ends AS
WITH
subject AS MATERIALIZED (FROM event_subjects),
deleted AS (
    SELECT
        event_id,
        max(deleted_at) AS ended_at,
        arg_max(deleted_by, (deleted_at, deleted_by)) AS ended_by,
        list(entity_type ORDER BY entity_type) AS types
    FROM subject
    GROUP BY event_id
    HAVING count(*) = count(deleted_at)
),
reversal AS MATERIALIZED (
    SELECT
        account_id, region, event_time, event_id, c.object AS call,
        list_transform(named, lambda n: n.entity_type) AS types,
        list_transform(named, lambda n: n.entity_type || ' ' || COALESCE(n.name, n.entity_value)) AS names,
        rule_ids
    FROM (
        SELECT
            account_id, region, event_time, event_id, unnest(classes) AS c,
            list_filter(entities, lambda n: n.entity_type <> 'security_group_rule') AS named,
            list_transform(
                list_filter(entities, lambda n: n.entity_type = 'security_group_rule'), lambda n: n.entity_value
            ) AS rule_ids
        FROM events
        -- Most events with a class are reads, which do not undo anything.
        WHERE read_only IS NOT TRUE AND outcome = 'succeeded' AND classes IS NOT NULL AND entities IS NOT NULL
            AND list_contains(list_transform(classes, lambda c: c.class), 'reversal')
    )
    WHERE c.class = 'reversal'
),
-- The resources that an event names, and the types of resource that the event concerns.
done AS MATERIALIZED (
    SELECT
        e.event_id, e.account_id, e.region, e.event_time, e.event_key, s.own_types, s.own_name,
        list_distinct(list_transform(e.entities, lambda n: n.entity_type)) AS types,
        list_transform(e.entities, lambda n: {
            'type': n.entity_type, 'name': n.entity_type || ' ' || COALESCE(n.name, n.entity_value)
        }) AS names,
        list_contains(s.own_types, 'security_group') AS has_rules,
        CASE WHEN has_rules
            THEN regexp_extract_all(e.response_elements::VARCHAR, '"securityGroupRuleId":"([^"]*)"', 1) END AS rule_ids
    FROM events AS e
    JOIN (
        SELECT
            event_id,
            list(DISTINCT entity_type) AS own_types,
            min(entity_type || ' ' || name) AS own_name
        FROM subject
        GROUP BY event_id
        -- Only these can be undone, so that no other event is read in full.
        HAVING own_name IN (SELECT unnest(names) FROM reversal)
    ) AS s USING (event_id)
    -- No call undoes a read.
    WHERE e.read_only IS NOT TRUE AND e.event_category IS DISTINCT FROM 'Data'
),
-- Protocol, ports and peer in the request of a security group call.
firewall AS MATERIALIZED (
    SELECT
        event_id,
        flatten(list_transform(
            list_concat(
                request_parameters->'$.ipPermissions.items[*]',
                CASE WHEN request_parameters->>'$.ipProtocol' IS NOT NULL THEN [request_parameters] ELSE [] END
            ),
            lambda rule: list_transform(
                list_filter(
                    list_concat(
                        rule->>'$.ipRanges.items[*].cidrIp', rule->>'$.ipv6Ranges.items[*].cidrIpv6',
                        rule->>'$.groups.items[*].groupId', rule->>'$.prefixListIds.items[*].prefixListId',
                        [rule->>'$.cidrIp', rule->>'$.sourceSecurityGroupName']
                    ),
                    lambda peer: peer IS NOT NULL
                ),
                lambda peer: concat_ws(' ', rule->>'$.ipProtocol', rule->>'$.fromPort', rule->>'$.toPort', peer)
            )
        )) AS openings
    FROM events
    WHERE read_only IS NOT TRUE AND event_category IS DISTINCT FROM 'Data' AND event_id IN (
        SELECT event_id FROM done WHERE has_rules
        UNION
        SELECT event_id FROM reversal WHERE list_contains(types, 'security_group')
    )
),
undone AS (
    SELECT d.event_id, min(r.event_time) AS ended_at, arg_min(r.event_id, (r.event_time, r.event_id)) AS ended_by
    FROM done AS d
    JOIN (SELECT *, unnest(names) AS own_name FROM reversal) AS r
        ON r.account_id = d.account_id AND r.own_name = d.own_name AND r.event_time > d.event_time
    LEFT JOIN firewall AS o ON o.event_id = d.event_id
    LEFT JOIN firewall AS w ON w.event_id = r.event_id
    WHERE starts_with(d.event_key, r.call)
        -- The rest of the call's name is its version.
        AND regexp_full_match(substr(d.event_key, length(r.call) + 1), '([0-9][0-9_]*(v[0-9]+)?)?')
        AND (r.region IS NOT DISTINCT FROM d.region OR list_contains(d.own_types, 'bucket'))
        AND list_has_all(r.types, d.own_types)
        AND list_has_all(d.types, r.types)
        AND list_has_all(
            r.names,
            list_transform(list_filter(d.names, lambda n: list_contains(r.types, n.type)), lambda n: n.name)
        )
        -- The same openings in the same group, by rule ID or by what they allow.
        AND (
            NOT d.has_rules
            OR len(d.rule_ids) > 0 AND list_has_all(r.rule_ids, d.rule_ids)
            OR len(o.openings) > 0 AND list_has_all(w.openings, o.openings)
        )
    GROUP BY d.event_id
),
trust AS MATERIALIZED (
    SELECT e.event_id, e.account_id, e.event_time, e.event_key, e.name, bool_or(g.external OR g.public) AS is_external
    FROM (
        SELECT event_id, account_id, event_time, event_key, COALESCE(n.name, n.entity_value) AS name
        FROM (
            SELECT *, unnest(entities) AS n
            FROM events
            WHERE read_only IS NOT TRUE AND classes IS NOT NULL AND outcome = 'succeeded' AND entities IS NOT NULL
                AND list_contains(list_transform(classes, lambda c: c.class || ' ' || c.effect), 'privilege_change trusts')
        )
        WHERE n.entity_type = 'role' AND n.relation = 'target'
    ) AS e
    JOIN event_grants AS g USING (event_id)
    WHERE g.effect = 'allow'
    GROUP BY ALL
),
replaced AS (
    SELECT o.event_id, min(r.event_time) AS ended_at, arg_min(r.event_id, (r.event_time, r.event_id)) AS ended_by
    FROM trust AS o
    JOIN trust AS r
        ON r.account_id = o.account_id AND r.event_key = o.event_key AND r.name = o.name AND r.event_time > o.event_time
        AND NOT r.is_external
    WHERE o.is_external
    GROUP BY o.event_id
)
SELECT
    event_id,
    least(u.ended_at, g.ended_at) AS ended_at,
    CASE WHEN u.ended_at <= g.ended_at OR g.ended_at IS NULL THEN u.ended_by ELSE g.ended_by END AS ended_by,
    CASE WHEN u.ended_at <= g.ended_at OR g.ended_at IS NULL THEN [] ELSE g.types END AS deleted
FROM (
    SELECT event_id, min(ended_at) AS ended_at, arg_min(ended_by, (ended_at, ended_by)) AS ended_by
    FROM (FROM undone UNION ALL FROM replaced)
    GROUP BY event_id
) AS u
FULL JOIN deleted AS g USING (event_id);
