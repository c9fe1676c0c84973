-- The matching timeline rows, grouped into lines: consecutive calls in a session with the same fold_key share a line.
-- Lines are numbered chronologically, starting at 0. The server replaces lines_0 with a separate name for each query, and
-- keeps the table for the query's next pages.
CREATE OR REPLACE TABLE served.lines_0 AS
WITH marked AS MATERIALIZED (
    SELECT n, s, COALESCE(fold_key <> lag(fold_key) OVER (ORDER BY s), TRUE) AS begins
    FROM served.entries
    WHERE wanted
),
heads AS (
    SELECT s, row_number() OVER (ORDER BY n) - 1 AS line FROM marked WHERE begins
)
SELECT h.line::INTEGER AS line, m.n
FROM marked AS m
ASOF JOIN heads AS h ON m.s >= h.s
ORDER BY line, n
