-- Like lines.sql, with one line per row.
CREATE OR REPLACE TABLE served.lines_0 AS
SELECT (row_number() OVER (ORDER BY n) - 1)::INTEGER AS line, n
FROM served.entries
WHERE wanted
ORDER BY line
