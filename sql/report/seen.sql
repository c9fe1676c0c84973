-- One row per type of resource that was only seen, with the number of resources and the names of the first few.
SELECT
    row_number() OVER (ORDER BY count(*) DESC, entity_type) AS place,
    entity_type,
    count(*) AS things,
    list(entity_value ORDER BY first_time, entity_value)[:40] AS named
FROM (
    SELECT n.entity_type, n.entity_value, min(s.first_time) AS first_time
    FROM signal_entities AS n
    JOIN clicked AS s USING (signal_id)
    ANTI JOIN reached AS r ON r.entity_type = n.entity_type AND r.entity_value = n.entity_value
    GROUP BY n.entity_type, n.entity_value
) AS things
GROUP BY entity_type
