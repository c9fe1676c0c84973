-- Where the line is that has the row that is or explains $1, among the lines that lines.sql made, by time, or if $2 is 'desc' the
-- other way round; and the row that it begins with.
WITH the AS (
    SELECT p.time, p.id
    FROM lines AS l
    JOIN line AS p ON l.place BETWEEN p.first_place AND p.last_place
    WHERE l.id IN ($1, (SELECT signal_id FROM event_signal WHERE event_id = $1))
    ORDER BY l.id = $1 DESC
    LIMIT 1
)
SELECT
    the.id,
    (
        SELECT count(*)
        FROM line AS t
        WHERE CASE WHEN $2 = 'desc' THEN (t.time, t.id) > (the.time, the.id) ELSE (t.time, t.id) < (the.time, the.id) END
    ) AS index
FROM the
