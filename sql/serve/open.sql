-- What the report lists to contain or undo: the number of each kind, the number still open, and the first few of these. The
-- table remedies is created by sql/report/remedies.sql.
WITH reported AS (
    SELECT r.need, r.what, make_timestamp(r.time) AS time, r.principal, r.events, r.event_id, e.session_id, r.place, r.gone
    FROM remedies AS r
    LEFT JOIN events AS e USING (event_id)
)
SELECT
    need,
    count(*) AS all,
    count(*) FILTER (gone IS NULL) AS open,
    COALESCE(list({'what': what, 'time': time, 'principal': principal, 'events': events, 'event_id': event_id,
        'session_id': session_id} ORDER BY place) FILTER (gone IS NULL), [])[:6] AS items
FROM reported
GROUP BY need
ORDER BY min(place)
