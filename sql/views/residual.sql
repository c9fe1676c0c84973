-- Events in console sessions that do not belong to a signal.
-- @order event_time, event_id
-- @tables events
CREATE OR REPLACE VIEW residual AS
SELECT e.*
FROM events AS e
JOIN (SELECT event_id FROM event_signals WHERE class = 'residual') AS unexplained USING (event_id);
