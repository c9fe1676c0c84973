-- The chart of the case between the seconds $1 and $2 (since 1970; empty for no bound): lanes, and events and clicks in
-- intervals of equal length, as many as fit. The intervals are those in which the actors in focus were active. These are
-- the actors with the most severe findings, or all actors if none of those was active in the time range. Other actors'
-- activity during the pauses between intervals is assigned to the preceding interval, as in_pause. all covers the complete
-- time range in intervals of equal length.
WITH bound AS (
    SELECT
        min(second) AS first, max(second) AS last,
        COALESCE(TRY_CAST($1 AS BIGINT), first) AS since, COALESCE(TRY_CAST($2 AS BIGINT), last) AS until
    FROM served.lane_seconds
),
chosen AS MATERIALIZED (SELECT lane, second, events FROM served.lane_seconds, bound WHERE second BETWEEN since AND until),
gravest AS (
    SELECT l.lane
    FROM served.lanes AS l
    JOIN served.actors AS a ON a.place = l.actor_place
    WHERE l.lane < 12 AND a.weight > 0 AND a.weight >= 0.3 * (SELECT max(weight) FROM served.actors)
),
focused AS MATERIALIZED (
    SELECT second
    FROM chosen
    WHERE lane IN (FROM gravest) OR NOT EXISTS (SELECT 1 FROM chosen WHERE lane IN (FROM gravest))
),
pauses AS (
    SELECT second - lag(second) OVER (ORDER BY second) AS pause FROM (SELECT DISTINCT second FROM focused)
),
-- The shortest length at which few enough intervals contain an event, and few enough pauses are long enough to be cut.
width AS (
    SELECT COALESCE(min(w) FILTER (spans <= 220 AND cuts <= 12), min(w) FILTER (spans <= 220), 604800) AS w
    FROM (
        SELECT
            w,
            (SELECT count(DISTINCT second // w) FROM focused) AS spans,
            (SELECT count(*) FROM pauses WHERE pause > 7 * w) AS cuts
        FROM (SELECT unnest([1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400]) AS w)
    )
),
starts AS MATERIALIZED (SELECT DISTINCT second // w * w AS start FROM focused, width),
cells AS (
    SELECT c.lane, s.start, s.start IS DISTINCT FROM c.own AS in_pause, sum(c.events)::BIGINT AS events
    FROM (SELECT lane, second // w * w AS own, events FROM chosen, width) AS c
    ASOF LEFT JOIN starts AS s ON c.own >= s.start
    GROUP BY ALL
),
marks AS (
    SELECT
        m.lane, s.start, s.start IS DISTINCT FROM m.own AS in_pause, m.kind, count(*) AS n,
        count(*) FILTER (failed) AS failed,
        arg_min(id, (second, id)) AS id, arg_min(session_id, (second, id)) AS session_id,
        left(arg_min(summary, (second, id)), 180) AS what, min(second) AS second
    FROM (
        SELECT *, second // w * w AS own FROM served.marks, width, bound WHERE second BETWEEN since AND until
    ) AS m
    ASOF LEFT JOIN starts AS s ON m.own >= s.start
    GROUP BY ALL
),
whole AS (
    SELECT (second - first) * 240 // (last - first + 1) AS bin, sum(events)::BIGINT AS events
    FROM served.lane_seconds, bound
    GROUP BY bin
),
whole_marks AS (
    SELECT (second - first) * 240 // (last - first + 1) AS bin, count(*) AS n
    FROM served.marks, bound
    WHERE kind IN ('change', 'create', 'delete', 'secret', 'data', 'login', 'command')
    GROUP BY bin
)
SELECT
    (SELECT w FROM width) AS width,
    (SELECT first FROM bound) AS first,
    (SELECT last FROM bound) AS last,
    (SELECT since FROM bound) AS since,
    (SELECT until FROM bound) AS until,
    COALESCE((SELECT list(start ORDER BY start) FROM starts), []) AS starts,
    COALESCE((
        SELECT list(l ORDER BY l.lane)
        FROM (
            SELECT
                lane,
                count(*) AS identities,
                min_by(name, rank) AS name,
                min_by(actor, rank) AS actor,
                min_by(account_id, rank) AS account_id,
                min_by(session_id, rank) AS session_id,
                max(weight) AS weight,
                sum(sessions)::BIGINT AS sessions,
                bool_and(joined) AS joined,
                flatten(list(session_ids ORDER BY rank))[:24] AS session_ids,
                sum(events)::BIGINT AS events
            FROM served.lanes
            GROUP BY lane
        ) AS l
    ), []) AS lanes,
    COALESCE((SELECT list(c ORDER BY c.lane, c.start NULLS FIRST, c.in_pause) FROM cells AS c), []) AS cells,
    COALESCE((SELECT list(m ORDER BY m.lane, m.start NULLS FIRST, m.in_pause, m.kind) FROM marks AS m), []) AS marks,
    COALESCE((
        SELECT list({'bin': bin, 'events': events, 'marks': COALESCE(n, 0)} ORDER BY bin)
        FROM whole LEFT JOIN whole_marks USING (bin)
    ), []) AS "all"
