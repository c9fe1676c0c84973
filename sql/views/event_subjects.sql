-- One row per event and resource that the event concerns: the resources that it created or deleted or, if there are
-- none, those that it was applied to. Includes only successful calls that matter (because they have a class or a grant)
-- or that created a user or an instance. deleted_at is the time of the first later event in the case that deleted the
-- resource.
-- @order event_time, event_id, entity_type, name
-- @tables events
-- @column entity_type Type of the resource: user, access_key, bucket
-- @column entity_value Name, ID or ARN, as recorded in the event
-- @column name Name of the resource. If an event creates a resource that has both a name and an ID, the name from the request
-- @column relation created, deleted or target
-- @column resources Number of resources that the event concerns
-- @column deleted_at Time at which the resource was deleted later in the case (UTC). NULL if the case does not contain a deletion
-- @column deleted_by The event that deleted the resource: events.event_id
CREATE OR REPLACE VIEW event_subjects AS
WITH named AS (
    SELECT
        * EXCLUDE (n, request_parameters),
        n.relation,
        n.entity_type,
        n.entity_value,
        COALESCE(n.name, n.entity_value) AS name,
        CASE WHEN n.relation = 'created' THEN COALESCE(contains(request_parameters, n.entity_value), FALSE) ELSE FALSE END
            AS in_request
    FROM (
        -- Separate branches, so that each scan skips the vectors without such events.
        SELECT event_id, event_time, account_id, region, request_parameters, unnest(entities) AS n
        FROM events
        WHERE classes IS NOT NULL AND outcome = 'succeeded' AND entities IS NOT NULL AND event_category IS DISTINCT FROM 'Data'
        UNION ALL
        SELECT event_id, event_time, account_id, region, request_parameters, unnest(entities) AS n
        FROM events
        WHERE classes IS NULL AND grants IS NOT NULL
            AND outcome = 'succeeded' AND entities IS NOT NULL AND event_category IS DISTINCT FROM 'Data'
        UNION ALL
        SELECT event_id, event_time, account_id, region, request_parameters, unnest(entities) AS n
        FROM events
        WHERE classes IS NULL AND grants IS NULL AND read_only IS NOT TRUE
            AND outcome = 'succeeded' AND event_category IS DISTINCT FROM 'Data'
            AND len(list_filter(entities, lambda n: n.relation = 'created' AND n.entity_type IN ('user', 'instance'))) > 0
    )
    WHERE n.relation IN ('created', 'deleted', 'target')
),
-- The request that creates a resource often contains its name, and the response its ID. Both are the same resource.
subject AS (
    SELECT
        *,
        relation = 'created'
            AND count(*) OVER same_type = 2
            AND count(*) FILTER (in_request) OVER same_type = 1 AS has_two_names,
        CASE WHEN has_two_names THEN first_value(name) OVER (same_type ORDER BY in_request DESC) ELSE name END AS thing,
        -- A bucket name means the same bucket in every region.
        CASE WHEN entity_type <> 'bucket' THEN COALESCE(region, '') ELSE '' END AS place
    FROM (
        FROM named
        QUALIFY relation <> 'target' OR NOT bool_or(relation <> 'target') OVER (PARTITION BY event_id)
    )
    WINDOW same_type AS (PARTITION BY event_id, entity_type)
),
deletion AS (
    SELECT
        account_id, n.entity_type, COALESCE(n.name, n.entity_value) AS name,
        CASE WHEN n.entity_type <> 'bucket' THEN COALESCE(region, '') ELSE '' END AS place,
        event_time, min(event_id) AS event_id
    FROM (
        SELECT account_id, region, event_time, event_id, unnest(entities) AS n
        FROM events
        WHERE outcome = 'succeeded' AND entities IS NOT NULL
            AND read_only IS NOT TRUE AND event_category IS DISTINCT FROM 'Data'
    )
    WHERE n.relation = 'deleted'
    GROUP BY ALL
)
SELECT
    any_value(s.event_time) AS event_time,
    any_value(s.account_id) AS account_id,
    any_value(s.region) AS region,
    s.entity_type,
    arg_min(s.entity_value, (s.name <> s.thing, s.entity_value)) AS entity_value,
    s.thing AS name,
    arg_min(s.relation, (s.name <> s.thing, s.relation)) AS relation,
    count(*) OVER (PARTITION BY s.event_id) AS resources,
    -- A deletion does not end because the same name is deleted again.
    min(g.event_time) FILTER (s.relation <> 'deleted') AS deleted_at,
    arg_min(g.event_id, (g.event_time, g.event_id)) FILTER (s.relation <> 'deleted') AS deleted_by,
    s.event_id
FROM subject AS s
-- The next deletion. Names recur, so that a join with all later deletions would grow with the square of the case.
ASOF LEFT JOIN deletion AS g
    ON g.account_id = s.account_id AND g.entity_type = s.entity_type AND g.name = s.name AND g.place = s.place
    AND g.event_time > s.event_time
GROUP BY s.event_id, s.entity_type, s.thing;
