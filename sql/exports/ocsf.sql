-- One row per event, in chronological order, with the signal that explains it, if any. The input for `export ocsf`.
SELECT
    e.* REPLACE (e.client::VARCHAR AS client),
    s.signal_id,
    s.rule_id,
    s.kind::VARCHAR AS kind,
    s.title,
    s.summary,
    s.confidence,
    s.origin::VARCHAR AS origin,
    es.role::VARCHAR AS role
FROM events AS e
LEFT JOIN event_signal AS es USING (event_id)
LEFT JOIN signals AS s USING (signal_id)
ORDER BY e.event_time, e.event_id
