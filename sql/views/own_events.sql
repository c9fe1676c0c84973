-- Events that concern only resources that the same identity had created earlier in the case. A resource that was made from
-- another one, such as a snapshot of a volume, counts only if the same identity had also created the other one. A snapshot
-- or an image whose source is not known does not count. All sessions of a role are one identity, and so are sessions that
-- used credentials that this identity created or obtained.
-- @order event_time, event_id
-- @tables events
-- @column made_at Time at which the first of the resources was created (UTC)
-- @column made_from Type of the resource that the resources were made from, at the start of the chain. NULL if they were not made from another one
-- @column ownership The relation as part of a sentence: 'the same identity had created it'
CREATE OR REPLACE VIEW own_events AS
WITH RECURSIVE
named_session AS (
    SELECT session_id, account_id, identity_type, COALESCE(split_part(principal, '/', 1), 'unknown') AS name FROM sessions
),
actor AS MATERIALIZED (
    SELECT n.session_id, COALESCE(b.name, n.name) AS actor, COALESCE(b.account_id, n.account_id) AS account_id
    FROM named_session AS n
    LEFT JOIN (
        SELECT
            c.session_id,
            arg_max(c.ancestor_session_id, (o.identity_type IS DISTINCT FROM 'AWSService', c.depth, c.ancestor_session_id))
                AS origin_id
        FROM actor_chains AS c
        JOIN named_session AS o ON o.session_id = c.ancestor_session_id
        WHERE c.is_origin AND c.depth > 0
        GROUP BY c.session_id
    ) AS o USING (session_id)
    LEFT JOIN named_session AS b ON b.session_id = o.origin_id
),
named AS (
    SELECT
        e.event_id, e.event_time, a.actor, a.account_id, n.relation, n.entity_type, COALESCE(n.name, n.entity_value) AS name
    FROM (
        -- Separate branches, so that each scan skips the vectors without such events.
        SELECT session_id, event_id, event_time, unnest(entities) AS n
        FROM events
        WHERE read_only IS NOT TRUE AND outcome = 'succeeded' AND entities IS NOT NULL
        UNION ALL
        -- A read that creates something, such as a temporary key, has a response.
        SELECT session_id, event_id, event_time, unnest(entities) AS n
        FROM events
        WHERE read_only AND response_elements IS NOT NULL AND outcome = 'succeeded' AND entities IS NOT NULL
    ) AS e
    JOIN actor AS a USING (session_id)
    WHERE n.relation IN ('created', 'source')
),
source AS (
    SELECT event_id, any_value(entity_type) AS entity_type, any_value(name) AS name, count(*) AS sources
    FROM named
    WHERE relation = 'source'
    GROUP BY event_id
),
created AS MATERIALIZED (
    SELECT
        c.event_time, c.actor, c.account_id, c.entity_type, c.name, s.entity_type AS source_type, s.name AS source_name,
        COALESCE(s.sources, 0) AS sources
    FROM named AS c
    LEFT JOIN source AS s USING (event_id)
    WHERE c.relation = 'created'
),
made AS (
    SELECT actor, account_id, entity_type, name, event_time AS made_at, NULL::VARCHAR AS made_from, 0 AS depth
    FROM created
    WHERE sources = 0 AND entity_type NOT IN ('snapshot', 'db_snapshot', 'image')
    UNION ALL
    SELECT c.actor, c.account_id, c.entity_type, c.name, c.event_time, COALESCE(m.made_from, m.entity_type), m.depth + 1
    FROM made AS m
    JOIN created AS c
        ON c.sources = 1 AND c.source_type = m.entity_type AND c.source_name = m.name
        AND c.actor IS NOT DISTINCT FROM m.actor AND c.account_id IS NOT DISTINCT FROM m.account_id
        AND c.event_time >= m.made_at
    WHERE m.depth < 4
),
own AS (
    SELECT actor, account_id, entity_type, name, min(made_at) AS made_at, arg_min(made_from, made_at) AS made_from
    FROM made
    GROUP BY ALL
),
-- The own resources of every event. The number of resources is counted in the list, so that the names of all events are
-- compared one by one, and not kept.
concerned AS (
    SELECT
        n.event_id,
        any_value(n.event_time) AS event_time,
        any_value(n.resources) AS resources,
        count(*) AS own_resources,
        count(DISTINCT o.name) AS names,
        min(o.made_at) AS made_at,
        any_value(o.made_from) AS made_from
    FROM (
        SELECT
            event_id, event_time, session_id, len(things) AS resources, unnest(things) AS thing
        FROM (
            SELECT
                event_id, event_time, session_id,
                list_filter(entities, lambda n: n.relation IN ('target', 'deleted', 'source')) AS things
            FROM events
            WHERE outcome = 'succeeded' AND entities IS NOT NULL
        )
    ) AS n
    JOIN own AS o ON o.entity_type = n.thing.entity_type AND o.name = COALESCE(n.thing.name, n.thing.entity_value)
        AND o.made_at <= n.event_time
    JOIN actor AS a
        ON a.session_id = n.session_id AND a.actor IS NOT DISTINCT FROM o.actor AND a.account_id IS NOT DISTINCT FROM o.account_id
    GROUP BY n.event_id
)
SELECT
    event_time,
    made_at,
    made_from,
    concat(
        'the same identity had created ', CASE names WHEN 1 THEN 'it' ELSE 'them' END,
        CASE made_from
            WHEN 'db_instance' THEN ' and the DB instance'
            WHEN 'db_cluster' THEN ' and the DB cluster'
            ELSE ' and the ' || replace(made_from, '_', ' ')
        END || CASE names WHEN 1 THEN ' that it was made from' ELSE ' that they were made from' END
    ) AS ownership,
    event_id
FROM concerned
WHERE resources = own_resources;
