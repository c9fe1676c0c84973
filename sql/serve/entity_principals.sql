-- The number of entities that each principal saw or touched, for the 300 principals with the most entities.
SELECT value, count(*) AS count
FROM (SELECT unnest(principals) AS value FROM served.entities)
GROUP BY value
ORDER BY count DESC, value
LIMIT 300
