-- The event by which a click or session can be found if its ID changes. $1 is a JSON list with one {place, kind, id}.
WITH asked AS (
    SELECT unnest(
        from_json($1, '[{"place": "BIGINT", "kind": "VARCHAR", "id": "VARCHAR", "event_id": "VARCHAR"}]'), max_depth := 2
    )
)
SELECT s.anchor_event_id AS event_id FROM asked AS a JOIN signals AS s ON s.signal_id = a.id WHERE a.kind = 'click'
UNION ALL
SELECT min_by(e.event_id, (e.event_time, e.event_id))
FROM asked AS a
JOIN events AS e ON e.session_id = a.id
WHERE a.kind = 'session'
