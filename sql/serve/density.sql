-- The distribution of matching rows over time: $1 intervals of equal length, with the number of rows, changes and raw
-- events in each. The raw events are all events in the sessions with matching rows.
WITH shown AS MATERIALIZED (
    SELECT epoch_us(time) AS moment, kind, session_id FROM served.entries WHERE wanted
),
span AS (
    SELECT
        COALESCE(getvariable('asked').since, min(moment)) AS start,
        greatest(start, COALESCE(getvariable('asked').until - 1, max(moment))) AS stop,
        CAST($1 AS BIGINT) AS bins,
        (stop - start) // bins + 1 AS width
    FROM shown
),
counted AS (
    SELECT
        greatest(0, (moment - start) // width) AS bin,
        count(*) AS clicks,
        count(*) FILTER (kind IN ('change', 'create', 'delete')) AS changes
    FROM shown, span
    GROUP BY bin
),
raw AS (
    SELECT (epoch_us(event_time) - start) // width AS bin, sum(events)::BIGINT AS events
    FROM served.pulse, span
    WHERE epoch_us(event_time) BETWEEN start AND stop AND session_id IN (SELECT session_id FROM shown)
    GROUP BY bin
)
SELECT
    make_timestamp(any_value(start)) AS "from",
    make_timestamp(any_value(stop)) AS "to",
    COALESCE(list({
        'time': make_timestamp(start + bin * width),
        'clicks': COALESCE(clicks, 0),
        'changes': COALESCE(changes, 0),
        'events': COALESCE(events, 0)
    } ORDER BY bin), []) AS bins
FROM (SELECT start, stop, width, unnest(range(bins)) AS bin FROM span WHERE start IS NOT NULL)
LEFT JOIN counted USING (bin)
LEFT JOIN raw USING (bin)
