-- One row is one thing that may have to be contained or undone: what was made, granted, trusted, shared, stopped, started
-- or read. Its entities are those of the event; of a secret that was read only the secret. gone is when it ended again in the
-- case, for every event of the row: by a call that undoes it, or because all of it was deleted; then deleted has the types of
-- what was deleted. event_id is the event that the sentence is of.
WITH done AS (
    SELECT
        e.event_id, e.event_time, e.event_key, e.account_id, e.region, e.summary, e.entities, e.request_parameters,
        x.principal, x.weight
    FROM events AS e
    JOIN searched AS x USING (session_id)
    WHERE e.outcome = 'succeeded'
        AND e.event_time >= getvariable('since') AND e.event_time < getvariable('until')
),
named AS (
    SELECT * EXCLUDE (entities, n), n.relation, n.entity_type, n.entity_value, COALESCE(n.name, n.entity_value) AS name
    FROM (SELECT *, unnest(entities) AS n FROM done)
),
needed AS (
    SELECT event_id, 'user' AS need, NULL AS object FROM named WHERE entity_type = 'user' AND relation = 'created'
    UNION
    SELECT event_id, 'instance', NULL FROM named WHERE entity_type = 'instance' AND relation = 'created' AND weight > 0
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
        END,
        CASE WHEN aspect = 'secret_read' THEN object END
    FROM standing
    WHERE outcome = 'succeeded'
),
-- What the event is about: what it made or deleted, else what it was done to. What is made often has the name that the
-- request gives it and the ID that the response adds: these are one thing.
subject AS (
    SELECT
        * EXCLUDE (in_request),
        relation = 'created'
            AND count(*) OVER same_type = 2
            AND count(*) FILTER (in_request) OVER same_type = 1 AS has_two_names,
        CASE WHEN has_two_names THEN first_value(name) OVER (same_type ORDER BY in_request DESC) ELSE name END AS thing
    FROM (
        SELECT *, COALESCE(contains(request_parameters, entity_value), FALSE) AS in_request
        FROM named
        WHERE relation IN ('created', 'deleted', 'target')
            AND event_id IN (SELECT event_id FROM needed WHERE need IS NOT NULL)
        QUALIFY relation <> 'target' OR NOT bool_or(relation <> 'target') OVER (PARTITION BY event_id)
    )
    WINDOW same_type AS (PARTITION BY event_id, entity_type)
),
deletion AS (
    SELECT account_id, region, n.entity_type, COALESCE(n.name, n.entity_value) AS name, event_time
    FROM (
        SELECT account_id, region, event_time, unnest(entities) AS n
        FROM events
        WHERE outcome = 'succeeded' AND entities IS NOT NULL
    )
    WHERE n.relation = 'deleted'
),
-- One row is one thing of an event. What an event deleted does not end by being deleted again.
thing AS (
    SELECT
        s.event_id, s.entity_type, s.thing,
        any_value(s.entity_value) AS entity_value,
        min(g.event_time) AS deleted_at,
        count(*) OVER (PARTITION BY s.event_id) AS things
    FROM subject AS s
    LEFT JOIN deletion AS g
        ON g.account_id = s.account_id AND g.entity_type = s.entity_type AND g.name = s.name
        AND g.event_time > s.event_time
        -- The name of a bucket is the same bucket in every region.
        AND (g.region IS NOT DISTINCT FROM s.region OR g.entity_type = 'bucket')
        AND s.relation <> 'deleted'
    GROUP BY s.event_id, s.entity_type, s.thing
),
-- Only where all of it was deleted.
deleted AS (
    SELECT event_id, max(deleted_at) AS deleted_at, list(entity_type ORDER BY entity_type) AS types
    FROM thing
    GROUP BY event_id
    HAVING count(*) = count(deleted_at)
),
reversal AS (
    SELECT
        account_id, region, event_time, c.object AS call,
        list_transform(entities, lambda n: n.entity_type) AS types,
        list_transform(entities, lambda n: n.entity_type || ' ' || COALESCE(n.name, n.entity_value)) AS names
    FROM (
        SELECT account_id, region, event_time, entities, unnest(classes) AS c
        FROM events
        WHERE outcome = 'succeeded' AND classes IS NOT NULL
    )
    WHERE c.class = 'reversal'
),
-- A call undoes an event if both name the same things: it names all that the event is about, only types that the event
-- names too, and of these types all that the event names. A share with two accounts does not end when one is removed.
undone AS (
    SELECT d.event_id, min(r.event_time) AS undone_at
    FROM (
        SELECT
            event_id, account_id, region, event_time, event_key,
            list(DISTINCT entity_type) AS types,
            list({'type': entity_type, 'name': entity_type || ' ' || name}) AS names
        FROM named
        WHERE event_id IN (SELECT event_id FROM needed WHERE need IS NOT NULL)
        GROUP BY ALL
    ) AS d
    JOIN (SELECT event_id, list(DISTINCT entity_type) AS own_types FROM subject GROUP BY event_id) AS s USING (event_id)
    JOIN reversal AS r
        ON r.account_id = d.account_id
        AND r.event_time > d.event_time
        AND starts_with(d.event_key, r.call)
        -- What follows the name of a call is its version.
        AND regexp_full_match(substr(d.event_key, length(r.call) + 1), '([0-9][0-9_]*(v[0-9]+)?)?')
        AND (r.region IS NOT DISTINCT FROM d.region OR list_contains(s.own_types, 'bucket'))
        AND list_has_all(r.types, s.own_types)
        AND list_has_all(d.types, r.types)
        AND list_has_all(r.names, list_transform(list_filter(d.names, lambda n: list_contains(r.types, n.type)), lambda n: n.name))
    GROUP BY d.event_id
),
ended AS (
    SELECT
        event_id,
        least(u.undone_at, g.deleted_at) AS gone,
        CASE
            WHEN u.undone_at <= g.deleted_at OR g.deleted_at IS NULL THEN []
            ELSE g.types
        END AS deleted
    FROM undone AS u
    FULL JOIN deleted AS g USING (event_id)
),
-- A secret is one row, however often and by whatever call it was read; anything else is one row for each sentence.
item AS (
    SELECT
        n.need, d.event_id, d.event_time, d.principal, d.weight, d.account_id, d.region, d.summary AS what, d.entities,
        1 AS things, d.summary AS same, e.gone, e.deleted
    FROM needed AS n
    JOIN done AS d USING (event_id)
    LEFT JOIN ended AS e USING (event_id)
    WHERE n.need IS NOT NULL
        AND (n.need <> 'secret' OR d.event_id NOT IN (SELECT event_id FROM thing))
        AND (n.need <> 'role' OR list_contains(list_transform(d.entities, lambda e: e.entity_type || e.relation), 'rolecreated'))
        AND (n.need <> 'other' OR d.event_id NOT IN (SELECT event_id FROM needed WHERE need NOT IN ('other', 'secret')))
    UNION ALL
    SELECT
        n.need, d.event_id, d.event_time, d.principal, d.weight, d.account_id, d.region,
        CASE WHEN t.things = 1 THEN d.summary ELSE d.summary || '; one of them is ' || t.thing END,
        list_filter(d.entities, lambda e: e.entity_type = t.entity_type AND COALESCE(e.name, e.entity_value) = t.thing),
        t.things,
        concat_ws(' ', n.object, t.entity_type, t.thing),
        t.deleted_at,
        CASE WHEN t.deleted_at IS NOT NULL THEN [t.entity_type] END
    FROM needed AS n
    JOIN done AS d USING (event_id)
    JOIN thing AS t USING (event_id)
    WHERE n.need = 'secret'
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
        need,
        arg_min(what, (things, event_time, event_id)) AS what,
        arg_min(event_id, (things, event_time, event_id)) AS event_id,
        epoch_us(min(event_time)) AS time,
        arg_min(principal, (event_time, event_id)) AS principal,
        max(weight) AS weight,
        count(*) AS events,
        arg_min(entities, (things, event_time, event_id)) AS entities,
        account_id,
        region,
        CASE WHEN count(*) = count(gone) THEN epoch_us(max(gone)) END AS gone,
        CASE WHEN count(*) = count(gone) THEN arg_max(deleted, gone) ELSE [] END AS deleted
    FROM item
    GROUP BY need, same, account_id, region
)
