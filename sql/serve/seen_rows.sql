-- At most $3 rows of the history that seen.sql made, after the first $4: of the principal $1 and with the relation $2, where these
-- are not empty.
SELECT * EXCLUDE (n)
FROM history
WHERE $1 IN ('', principal) AND ($2 = '' OR list_contains(relations, $2))
ORDER BY n
LIMIT CAST($3 AS BIGINT)
OFFSET CAST($4 AS BIGINT)
