-- The index, among the lines from lines.sql, of the line that contains the row $1 or the row that explains it, and the
-- first row of that line. Lines are ordered by time, in descending order if $2 is 'desc'.
WITH the AS (
    SELECT l.line
    FROM served.places AS p
    JOIN served.lines_0 AS l ON l.n = p.n
    WHERE p.id IN ($1, (SELECT signal_id FROM event_signal WHERE event_id = $1))
    ORDER BY p.id = $1 DESC
    LIMIT 1
)
SELECT
    CASE WHEN $2 = 'desc' THEN (SELECT max(line) FROM served.lines_0) - the.line ELSE the.line END AS index,
    (SELECT id FROM served.places WHERE n = (SELECT min(n) FROM served.lines_0 WHERE line = the.line)) AS id
FROM the
