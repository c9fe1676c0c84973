-- As lines.sql, with a line for each row.
CREATE OR REPLACE TABLE served.lines_0 AS
SELECT (row_number() OVER (ORDER BY n) - 1)::INTEGER AS line, n
FROM served.entries
WHERE wanted
ORDER BY line
