-- One row is one resource that a click or a call changed, created or read the secret of (touched), or tried to; seen.sql has
-- the rest.
SELECT
    row_number() OVER (ORDER BY touched DESC, furthest DESC, entity_type, first_time, entity_value) AS place,
    touched,
    entity_type,
    entity_value,
    furthest::VARCHAR AS furthest,
    sightings,
    principals,
    epoch_us(first_time) AS first_time,
    epoch_us(last_time) AS last_time
FROM reached
