-- The rows of the timeline that are asked for, which show one thing or name it, and whether it was touched in each.
SELECT
    * EXCLUDE (entity_types, entity_names, entities, touched_entities, ips, keys, calls, agents, reasons, writes, stands_out, resources,
        bytes_out, has_failed, outcome, notable,
        of_session, of_service, of_kind, of_technique, of_region, of_principal, of_ip, of_key, of_call, of_agent, of_reason, of_class, of_outcome, of_notable,
        of_entity, of_rest, wanted),
    list_contains(touched_entities, getvariable('asked').entity_type || chr(31) || getvariable('asked').entity)
        OR (getvariable('asked').entity_type = 'access_key' AND list_contains(keys, getvariable('asked').entity))
        AS touched
FROM served.entries
WHERE wanted
