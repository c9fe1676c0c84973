-- One row per resource that a click or call changed or created, or whose secret or objects it read (touched), including
-- attempts.
-- seen.sql covers all other resources.
SELECT
    row_number() OVER (ORDER BY touched DESC, by_made_credential DESC, furthest DESC NULLS LAST, entity_type, first_time, entity_value) AS place,
    touched,
    entity_type,
    entity_value,
    furthest::VARCHAR AS furthest,
    sightings,
    objects,
    bytes_out,
    by_made_credential,
    principals,
    epoch_us(first_time) AS first_time,
    epoch_us(last_time) AS last_time
FROM reached
