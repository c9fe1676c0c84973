-- What the report recommends to contain or undo: for each kind, the number of items, the number of items still in
-- effect, and the first few of the latter. sql/report/remedies.sql creates the remedies table.
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
