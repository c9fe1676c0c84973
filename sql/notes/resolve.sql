-- The targets of notes. $1 is a JSON list of {place, kind, id, event_id}. One row per target that the case contains: for a
-- click or an event, its timeline row, which is the signal or, if there is none, the event.
WITH asked AS (
    SELECT unnest(
        from_json($1, '[{"place": "BIGINT", "kind": "VARCHAR", "id": "VARCHAR", "event_id": "VARCHAR"}]'), max_depth := 2
    )
),
-- A click whose ID has changed is the signal that its event now belongs to.
clicks AS (
    SELECT a.place, COALESCE(s.signal_id, es.signal_id) AS signal_id, COALESCE(a.event_id, s.anchor_event_id) AS event_id
    FROM asked AS a
    LEFT JOIN signals AS s ON s.signal_id = a.id
    LEFT JOIN event_signal AS es ON es.event_id = a.event_id
    WHERE a.kind = 'click'
    UNION ALL
    SELECT a.place, es.signal_id, a.id
    FROM asked AS a
    LEFT JOIN event_signal AS es ON es.event_id = a.id
    WHERE a.kind = 'event'
)
SELECT
    c.place,
    COALESCE(s.signal_id, e.event_id) AS row_id,
    COALESCE(s.session_id, e.session_id) AS session_id,
    COALESCE(x.principal, e.principal) AS principal,
    epoch_us(CASE WHEN a.kind = 'click' THEN COALESCE(s.first_time, e.event_time) ELSE e.event_time END) AS time,
    CASE WHEN a.kind = 'click' THEN COALESCE(s.summary, e.summary) ELSE e.summary END AS what
FROM clicks AS c
JOIN asked AS a USING (place)
LEFT JOIN signals AS s ON s.signal_id = c.signal_id
LEFT JOIN events AS e ON e.event_id = c.event_id
LEFT JOIN sessions AS x ON x.session_id = s.session_id
WHERE s.signal_id IS NOT NULL OR e.event_id IS NOT NULL
UNION ALL
SELECT
    a.place, NULL, x.session_id, x.principal, epoch_us(x.first_time), 'Session of ' || COALESCE(x.principal, 'unknown')
FROM asked AS a
LEFT JOIN events AS e ON e.event_id = a.event_id
JOIN sessions AS x ON x.session_id = CASE WHEN a.id IN (SELECT session_id FROM sessions) THEN a.id ELSE e.session_id END
WHERE a.kind = 'session'
