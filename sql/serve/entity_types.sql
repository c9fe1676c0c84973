-- The number of entities of each type.
SELECT entity_type AS value, count(*) AS count FROM served.entities GROUP BY entity_type ORDER BY count DESC, value
