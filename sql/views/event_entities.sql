-- Resources that events name or that a signal showed on a console page, one row per event and resource. To find all
-- events that involve a key, bucket or role, filter by entity_value or name. relation is 'target' for the resource that
-- the call was applied to; 'created', 'deleted' or 'granted_to' for what the call did to the resource; 'source' for the
-- resource that was copied or exported; 'used' for a resource named in addition to the target; and 'seen' for a
-- resource that was only shown on a console page.
-- @order event_time, event_id, entity_type, entity_value
-- @tables events
-- @column entity_type Type of the resource: user, access_key, bucket
-- @column entity_value Name, ID or ARN, as recorded in the event
-- @column name Name of the resource, without the leading parts of an ARN
-- @column relation target, created, deleted, granted_to, source, used or seen
-- @column entity_account_id Account in the resource's ARN or, if it has none, the account of the event
-- @column entity_region Region in the resource's ARN or, if it has none, the region of the event
CREATE OR REPLACE VIEW event_entities AS
SELECT
    event_time,
    account_id,
    region,
    principal,
    event_key,
    summary,
    outcome,
    n.entity_type,
    n.entity_value,
    n.name,
    n.relation,
    CASE
        WHEN regexp_full_match(arn[5], '[0-9]{12}') THEN arn[5]
        ELSE account_id
    END AS entity_account_id,
    -- Global resources have no region in their ARN.
    CASE WHEN arn IS NULL THEN region ELSE NULLIF(arn[4], '') END AS entity_region,
    session_id,
    event_id
FROM (
    SELECT *, CASE WHEN starts_with(n.entity_value, 'arn:') THEN string_split(n.entity_value, ':') END AS arn
    FROM (SELECT *, unnest(entities) AS n FROM events WHERE entities IS NOT NULL)
)
UNION ALL
SELECT
    e.event_time,
    e.account_id,
    e.region,
    e.principal,
    e.event_key,
    e.summary,
    e.outcome,
    s.entity_type,
    s.entity_value,
    s.entity_value AS name,
    s.relation,
    e.account_id AS entity_account_id,
    e.region AS entity_region,
    e.session_id,
    e.event_id
FROM signal_entities AS s
JOIN events AS e USING (event_id)
WHERE s.relation = 'seen'
    AND NOT COALESCE(list_contains(list_transform(e.entities, lambda n: n.entity_value), s.entity_value), FALSE);
