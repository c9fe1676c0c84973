-- One event with all its columns, and the signal that explains it.
SELECT e.* REPLACE (e.client::VARCHAR AS client), (SELECT signal_id FROM event_signal WHERE event_id = $1) AS signal_id
FROM events AS e
WHERE e.event_id = $1
