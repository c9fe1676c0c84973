-- The rows of the lines that lines.sql made, each with the line that it belongs to: at most $1 lines after the first $2, in order
-- of time, or in reverse order if $3 is 'desc'.
CREATE OR REPLACE TEMP TABLE page_lines AS
WITH page AS MATERIALIZED (
    SELECT id, place
    FROM lines
    WHERE begins
    ORDER BY
        CASE WHEN $3 <> 'desc' THEN time END,
        CASE WHEN $3 <> 'desc' THEN id END,
        time DESC,
        id DESC
    LIMIT CAST($1 AS BIGINT)
    OFFSET CAST($2 AS BIGINT)
),
-- A line ends where the next one begins. Few places are compared with all: a join by equality is the quickest.
spans AS (
    SELECT p.id, p.place, COALESCE(n.place, (SELECT count(*) + 1 FROM lines)) AS next_place
    FROM page AS p
    ASOF LEFT JOIN (SELECT place FROM lines WHERE begins) AS n ON n.place > p.place
)
SELECT s.id AS line_id, l.place, l.id
FROM (SELECT id, unnest(range(place, next_place)) AS place FROM spans) AS s
JOIN lines AS l ON l.place = s.place
