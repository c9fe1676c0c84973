-- The rows of those lines from lines.sql whose first rows have the IDs in $1, a JSON list.
CREATE OR REPLACE TEMP TABLE page_lines AS
SELECT line, n
FROM served.lines_0
WHERE line IN (
    SELECT h.line
    FROM served.places AS p
    JOIN (SELECT line, min(n) AS n FROM served.lines_0 GROUP BY line) AS h ON h.n = p.n
    WHERE p.id IN (SELECT unnest(from_json($1, '["VARCHAR"]')))
)
