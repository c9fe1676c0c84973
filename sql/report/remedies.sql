-- One row is one thing that may have to be contained or undone: what was made, granted, trusted, shared, stopped, started
-- or read. Its entities are those of the event. gone is when it, or what it belongs to, was deleted again in the case.
WITH done AS (
    SELECT e.event_id, e.event_time, e.event_key, e.account_id, e.region, e.summary, e.entities, x.principal, x.weight
    FROM events AS e
    JOIN searched AS x USING (session_id)
    WHERE e.outcome = 'succeeded'
        AND e.event_time >= getvariable('since') AND e.event_time < getvariable('until')
),
named AS (SELECT * EXCLUDE (entities), unnest(entities) AS n FROM done),
needed AS (
    SELECT event_id, 'user' AS need FROM named WHERE n.entity_type = 'user' AND n.relation = 'created'
    UNION
    SELECT event_id, 'instance' FROM named WHERE n.entity_type = 'instance' AND n.relation = 'created' AND weight > 0
    UNION
    SELECT
        event_id,
        CASE
            WHEN aspect = 'defense_evasion' THEN 'watch'
            WHEN aspect = 'data_exposure' THEN 'share'
            WHEN aspect = 'secret_read' THEN 'secret'
            WHEN aspect = 'credential_made' AND object = 'access_key' THEN 'key'
            WHEN aspect = 'credential_made' AND object = 'password' THEN 'password'
            WHEN aspect = 'privilege_change' AND effect = 'grants' THEN 'policy'
            WHEN aspect = 'privilege_change' AND effect = 'trusts' THEN 'trust'
            WHEN aspect = 'privilege_change' AND effect = 'creates' AND object IS NULL THEN 'role'
            WHEN aspect = 'persistence' THEN 'other'
        END
    FROM standing
    WHERE outcome = 'succeeded'
),
deleted AS (
    SELECT account_id, n.entity_type, n.name, event_time
    FROM (SELECT account_id, event_time, unnest(entities) AS n FROM events WHERE outcome = 'succeeded' AND entities IS NOT NULL)
    WHERE n.relation = 'deleted'
),
-- What the row is about: what was made, else what it was done to.
subject AS (
    SELECT event_id, account_id, event_time, n
    FROM named
    WHERE n.relation IN ('created', 'deleted', 'target')
        AND event_id IN (SELECT event_id FROM needed)
    QUALIFY n.relation <> 'target' OR NOT bool_or(n.relation <> 'target') OVER (PARTITION BY event_id)
),
-- Only where all of it was deleted.
gone AS (
    SELECT event_id, max(deleted_at) AS gone
    FROM (
        SELECT s.event_id, s.n, epoch_us(min(g.event_time)) AS deleted_at
        FROM subject AS s
        LEFT JOIN deleted AS g
            ON g.account_id = s.account_id AND g.entity_type = s.n.entity_type AND g.name = s.n.name
            AND g.event_time > s.event_time
        GROUP BY s.event_id, s.n
    )
    GROUP BY event_id
    HAVING count(*) = count(deleted_at)
)
SELECT
    row_number() OVER (
        ORDER BY
            list_position([
                'key', 'password', 'user', 'policy', 'trust', 'role', 'share', 'watch', 'instance', 'other', 'secret'
            ], need),
            gone IS NOT NULL, weight DESC, time, what
    ) AS place,
    *
FROM (
    SELECT
        n.need,
        d.summary AS what,
        epoch_us(min(d.event_time)) AS time,
        arg_min(d.principal, (d.event_time, d.event_id)) AS principal,
        max(d.weight) AS weight,
        count(*) AS events,
        any_value(d.entities) AS entities,
        d.account_id,
        d.region,
        max(g.gone) AS gone
    FROM needed AS n
    JOIN done AS d USING (event_id)
    LEFT JOIN gone AS g USING (event_id)
    WHERE n.need IS NOT NULL
        AND (n.need <> 'role' OR list_contains(list_transform(d.entities, lambda e: e.entity_type || e.relation), 'rolecreated'))
        AND (n.need <> 'other' OR d.event_id NOT IN (SELECT event_id FROM needed WHERE need NOT IN ('other', 'secret')))
    GROUP BY n.need, d.summary, d.account_id, d.region
)
