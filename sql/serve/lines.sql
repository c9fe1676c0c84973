-- The rows of the timeline that are asked for, in lines: calls of one session that follow each other share one, if they have the
-- same fold_key. Lines are numbered in order of time, from 0. The server replaces lines_0 by a name of its own for each
-- question, and keeps the table for the next pages of the answer.
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
