-- Patterns that no single event shows, one row per pattern: 'administrator_created' for a user or
-- role that was created in the case and then given administrator permissions, and 'mass_deletion' for a series of
-- deletions by one identity. Such a series consists of successful calls that deleted at least 20 resources in total,
-- each at most 5 minutes after the previous one. Data events, and calls that services make, are not included.
-- @order first_time, pattern, event_id
-- @tables events
-- @column pattern 'administrator_created' or 'mass_deletion'
-- @column first_time Time of the first event of the pattern (UTC)
-- @column last_time Time of the last event of the pattern (UTC)
-- @column what The pattern in one sentence
-- @column resources Number of resources that were created or deleted
-- @column own_resources Number of these resources that the same identity had created earlier in the case
-- @column events Number of events of the pattern
-- @column session_id The session of the first event: sessions.session_id
-- @column event_id The first event of the pattern: events.event_id
-- @column last_event_id The last event of the pattern: events.event_id
CREATE OR REPLACE VIEW patterns AS
WITH
named AS MATERIALIZED (
    SELECT event_time, account_id, principal, session_id, event_id, entities
    FROM events
    WHERE outcome = 'succeeded' AND entities IS NOT NULL AND invoked_by IS NULL
        AND client IS DISTINCT FROM 'service'::event_client AND event_category IS DISTINCT FROM 'Data'
        AND len(list_filter(entities, lambda n: n.relation IN ('created', 'deleted'))) > 0
),
-- Inline policies that a call put: it creates the policy, or replaces it.
put AS (
    SELECT e.account_id, split_part(e.principal, '/', 1) AS actor, 'policy' AS entity_type,
        COALESCE(e.n.name, e.n.entity_value) AS name, e.event_time
    FROM (
        SELECT account_id, principal, event_time, unnest(entities) AS n
        FROM events
        WHERE outcome = 'succeeded' AND service = 'iam' AND event_name LIKE 'Put%Policy'
    ) AS e
    WHERE e.n.entity_type = 'policy' AND e.n.relation = 'used'
),
thing AS MATERIALIZED (
    SELECT
        * EXCLUDE (n, entities), n.relation, n.entity_type, COALESCE(n.name, n.entity_value) AS name,
        -- All sessions of a role are one identity.
        split_part(principal, '/', 1) AS actor
    FROM (SELECT *, unnest(entities) AS n FROM named)
    WHERE n.relation IN ('created', 'deleted')
),
-- Administrator permissions given to a user or role by name.
given AS (
    SELECT account_id, event_time, event_id, grantee_type, grantee, min(policy) AS policy
    FROM event_grants
    WHERE administrator AND effect = 'allow' AND outcome = 'succeeded' AND grantee_type IN ('user', 'role')
    GROUP BY ALL
),
administrator AS (
    SELECT
        t.account_id, t.principal, t.session_id, t.event_time, t.event_id, t.entity_type, t.name,
        min(g.event_time) AS given_at,
        arg_min(g.event_id, (g.event_time, g.event_id)) AS given_by,
        arg_min(COALESCE(g.policy, ''), (g.event_time, g.event_id)) AS policy
    FROM thing AS t
    JOIN given AS g
        ON g.account_id = t.account_id AND g.grantee_type = t.entity_type
        AND split_part(g.grantee, '/', -1) = t.name AND g.event_time >= t.event_time
    WHERE t.relation = 'created' AND t.entity_type IN ('user', 'role')
    GROUP BY ALL
),
-- A name that is created again belongs to the later creation.
gone AS (
    SELECT a.event_id, min(d.event_time) AS deleted_at
    FROM administrator AS a
    JOIN thing AS d
        ON d.account_id = a.account_id AND d.entity_type = a.entity_type AND d.name = a.name
        AND d.relation = 'deleted' AND d.event_time >= a.given_at
    GROUP BY a.event_id
),
deletion AS (
    SELECT
        *,
        count(*) FILTER (starts) OVER (PARTITION BY account_id, actor ORDER BY event_time, event_id) AS series
    FROM (
        SELECT
            d.*,
            event_time > lag(event_time) OVER (PARTITION BY account_id, actor ORDER BY event_time, event_id)
                + INTERVAL 5 MINUTE AS starts
        FROM thing AS d
        WHERE relation = 'deleted'
    )
),
gathered AS (
    SELECT account_id, actor, series, entity_type, name, max(was_own) AS is_own
    FROM (
        SELECT d.*, c.name IS NOT NULL AS was_own
        FROM deletion AS d
        LEFT JOIN (
            SELECT account_id, actor, entity_type, name, min(event_time) AS event_time
            FROM (
                SELECT account_id, actor, entity_type, name, event_time FROM thing WHERE relation = 'created'
                UNION ALL
                FROM put
            )
            GROUP BY ALL
        ) AS c
            ON c.account_id IS NOT DISTINCT FROM d.account_id AND c.actor IS NOT DISTINCT FROM d.actor
            AND c.entity_type = d.entity_type AND c.name = d.name AND c.event_time <= d.event_time
    )
    GROUP BY ALL
),
kind AS (
    SELECT account_id, actor, series, entity_type, count(*) AS things, count(*) FILTER (is_own) AS own
    FROM gathered
    GROUP BY ALL
),
mass AS (
    SELECT
        account_id, actor, series, sum(things)::BIGINT AS resources, sum(own)::BIGINT AS own_resources,
        list(
            concat(
                things, ' ',
                CASE
                    WHEN entity_type = 'vpc' THEN CASE things WHEN 1 THEN 'VPC' ELSE 'VPCs' END
                    WHEN things = 1 THEN replace(entity_type, '_', ' ')
                    WHEN entity_type LIKE '%y' AND NOT regexp_matches(entity_type, '[aeiou]y$')
                        THEN regexp_replace(replace(entity_type, '_', ' '), 'y$', 'ies')
                    WHEN regexp_matches(entity_type, '(s|x|ch|sh)$') THEN replace(entity_type, '_', ' ') || 'es'
                    ELSE replace(entity_type, '_', ' ') || 's'
                END
            )
            ORDER BY things DESC, entity_type
        ) AS types
    FROM kind
    GROUP BY ALL
    HAVING sum(things) >= 20
)
SELECT
    'administrator_created' AS pattern,
    a.event_time AS first_time,
    a.given_at AS last_time,
    a.account_id,
    a.principal,
    concat(
        'Created ', a.entity_type, ' ', a.name, ' and gave it administrator permissions',
        ' (' || NULLIF(split_part(a.policy, '/', -1), '') || ')',
        '; deleted at ' || strftime(g.deleted_at, '%Y-%m-%d %H:%M:%S')
    ) AS what,
    1::BIGINT AS resources,
    1::BIGINT AS own_resources,
    CASE WHEN a.event_id = a.given_by THEN 1 ELSE 2 END AS events,
    a.session_id,
    a.event_id,
    a.given_by AS last_event_id
FROM administrator AS a
LEFT JOIN gone AS g USING (event_id)
UNION ALL
SELECT
    'mass_deletion',
    min(d.event_time),
    max(d.event_time),
    m.account_id,
    arg_min(d.principal, (d.event_time, d.event_id)),
    concat(
        'Deleted ', any_value(m.resources), ' resources: ', CASE
            WHEN len(any_value(m.types)) > 6 THEN format(
                '{} and {} other types', array_to_string(any_value(m.types)[:6], ', '), len(any_value(m.types)) - 6
            )
            ELSE array_to_string(
                list_append(any_value(m.types)[:-3], array_to_string(any_value(m.types)[-2:], ' and ')), ', '
            )
        END,
        CASE
            WHEN any_value(m.own_resources) = 0 THEN '; according to the trail, the same identity created none of them'
            WHEN any_value(m.own_resources) = any_value(m.resources) THEN '; the same identity had created all of them'
            ELSE format('; the same identity had created {} of them', any_value(m.own_resources))
        END
    ),
    any_value(m.resources),
    any_value(m.own_resources),
    count(DISTINCT d.event_id),
    arg_min(d.session_id, (d.event_time, d.event_id)),
    arg_min(d.event_id, (d.event_time, d.event_id)),
    arg_max(d.event_id, (d.event_time, d.event_id))
FROM deletion AS d
JOIN mass AS m
    ON m.account_id IS NOT DISTINCT FROM d.account_id AND m.actor IS NOT DISTINCT FROM d.actor AND m.series = d.series
GROUP BY m.account_id, m.actor, m.series;
