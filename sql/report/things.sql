-- One row is one thing that a click changed, made or took the secret of (touched), or tried to; seen.sql has the rest.
SELECT
    row_number() OVER (
        ORDER BY touched DESC, furthest DESC, entity_type, first_time, entity_value
    ) AS place,
    touched,
    entity_type,
    entity_value,
    furthest::VARCHAR AS furthest,
    sightings,
    principals,
    epoch_us(first_time) AS first_time,
    epoch_us(last_time) AS last_time
FROM (
    SELECT
        n.entity_type,
        n.entity_value,
        bool_or(s.kind >= 'change'::signal_kind AND n.relation <> 'seen' AND s.error_code IS NULL) AS touched,
        max(s.kind) FILTER (n.relation <> 'seen' OR s.kind < 'change'::signal_kind) AS furthest,
        count(DISTINCT signal_id) AS sightings,
        list_sort(list(DISTINCT s.principal)) AS principals,
        min(s.first_time) AS first_time,
        max(s.last_time) AS last_time
    FROM signal_entities AS n
    JOIN clicked AS s USING (signal_id)
    GROUP BY n.entity_type, n.entity_value
    HAVING furthest >= 'change'::signal_kind
) AS things
