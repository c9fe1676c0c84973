-- Where the row of the timeline is that is or explains $1, among those that are asked for, by time, or if $2 is 'desc' the other
-- way round.
WITH these AS MATERIALIZED (SELECT time, id FROM served.entries WHERE wanted),
the AS (
    SELECT time, id FROM these WHERE id IN ($1, (SELECT signal_id FROM event_signal WHERE event_id = $1)) ORDER BY id = $1 DESC LIMIT 1
)
SELECT
    the.id,
    (
        SELECT count(*)
        FROM these AS t
        WHERE CASE WHEN $2 = 'desc' THEN (t.time, t.id) > (the.time, the.id) ELSE (t.time, t.id) < (the.time, the.id) END
    ) AS index
FROM the
