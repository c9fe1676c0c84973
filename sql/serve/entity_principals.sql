-- How many things each principal saw or touched: the 300 who did so with most.
SELECT value, count(*) AS count
FROM (SELECT unnest(principals) AS value FROM served.entities)
GROUP BY value
ORDER BY count DESC, value
LIMIT 300
