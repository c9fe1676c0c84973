-- The rows of the lines that lines.sql made, each with the line that it stands in: $1 lines at most, after $2 others, by time,
-- or if $3 is 'desc' the other way round.
CREATE OR REPLACE TEMP TABLE page_lines AS
SELECT p.id AS line_id, l.place, l.id
FROM (
    FROM line
    ORDER BY
        CASE WHEN $3 <> 'desc' THEN time END,
        CASE WHEN $3 <> 'desc' THEN id END,
        time DESC,
        id DESC
    LIMIT CAST($1 AS BIGINT)
    OFFSET CAST($2 AS BIGINT)
) AS p
JOIN lines AS l ON l.place BETWEEN p.first_place AND p.last_place
