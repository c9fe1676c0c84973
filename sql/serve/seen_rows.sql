-- At most $3 rows of the history from seen.sql, skipping the first $4, with the principal $1 and the relation $2 (any if
-- empty).
SELECT * EXCLUDE (n)
FROM history
WHERE $1 IN ('', principal) AND ($2 = '' OR list_contains(relations, $2))
ORDER BY n
LIMIT CAST($3 AS BIGINT)
OFFSET CAST($4 AS BIGINT)
