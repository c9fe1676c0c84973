-- The rows of the lines that have one of the rows $1, a JSON list of ids, among the lines that lines.sql made.
CREATE OR REPLACE TEMP TABLE page_lines AS
SELECT line, n
FROM served.lines_0
WHERE line IN (
    SELECT l.line
    FROM served.places AS p
    JOIN served.lines_0 AS l ON l.n = p.n
    WHERE p.id IN (SELECT unnest(from_json($1, '["VARCHAR"]')))
)
