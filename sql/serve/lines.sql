-- The matching rows of the timeline in lines: consecutive calls of one session with the same fold_key share one. Lines are
-- numbered in order of time, from 0. The server replaces lines_0 by a separate name for each query, and keeps the table for
-- its next pages.
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
