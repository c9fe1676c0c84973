-- The number of rows in the history from seen.sql with the principal $1 and the relation $2 (any if empty), and the number
-- of rows for each principal and each relation, in one row.
SELECT
    (SELECT count(*) FROM history WHERE $1 IN ('', principal) AND ($2 = '' OR list_contains(relations, $2))) AS total,
    COALESCE((
        SELECT list({'value': value, 'count': count} ORDER BY count DESC, value)[:300]
        FROM (
            SELECT principal AS value, count(*) AS count
            FROM history
            WHERE principal IS NOT NULL AND ($2 = '' OR list_contains(relations, $2))
            GROUP BY principal
        )
    ), []) AS principals,
    COALESCE((
        SELECT list({'value': value, 'count': count} ORDER BY count DESC, value)
        FROM (
            SELECT value, count(*) AS count
            FROM (SELECT unnest(relations) AS value FROM history WHERE $1 IN ('', principal))
            GROUP BY value
        )
    ), []) AS relations
