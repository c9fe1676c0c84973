-- One row is one thing that one event names, or that one event of a signal shows. To find everything that touched a key, a
-- bucket or a role, filter by entity_value or name.
-- relation: 'target' is what the call is about; 'created', 'deleted' and 'granted_to' say what it did; 'source' is what it
-- copied or exported from; 'used' stands beside the target; 'seen' was on a page of the console and nothing was done to it.
-- @order event_time, event_id, entity_type, entity_value
-- @tables events
-- @column entity_type What it is: user, access_key, bucket
-- @column entity_value Its name, id or ARN, as the event has it
-- @column name Its name without an ARN's beginning
-- @column relation target, created, deleted, granted_to, source, used or seen
-- @column entity_account_id The account it is in: its ARN's, else the event's
-- @column entity_region The region it is in: its ARN's, else the event's
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
    -- What is global has no region in its ARN.
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
