-- The entities of one event, in addition to its record.
SELECT summary, event_key, outcome, principal, source_ip, access_key_id, user_agent, request_id, error_code,
    COALESCE(list_transform(classes, lambda c: concat_ws(' ', c.class, c.effect, c.object)), []) AS classes,
    COALESCE(list_distinct(list_transform(entities, lambda n: {'entity_type': n.entity_type, 'entity_value': n.name,
        'relation': n.relation})), []) AS entities
FROM events
WHERE event_id = $1
