-- The events of each signal: columns that identify the signal, followed by the columns of the event.
-- @order event_time, event_id
-- @tables signals events
-- @column role Role of the event in the signal
CREATE OR REPLACE VIEW signal_events AS
SELECT
    s.signal_id,
    s.rule_id,
    s.kind,
    s.title,
    s.summary,
    s.confidence,
    s.origin,
    es.role,
    e.*
FROM signals AS s
JOIN event_signal AS es USING (signal_id)
JOIN events AS e USING (event_id);
