-- Events in console sessions that do not belong to a signal.
-- @order event_time, event_id
-- @tables events
CREATE OR REPLACE VIEW residual AS
SELECT *
FROM events
-- The events are found by few columns, and only those found are read in full.
WHERE event_id IN (
    SELECT e.event_id
    FROM events AS e
    SEMI JOIN (FROM sessions WHERE console) AS x USING (session_id)
    ANTI JOIN event_signal AS s USING (event_id)
    WHERE COALESCE(e.client::VARCHAR, 'unknown') NOT IN ('cli', 'sdk', 'agent', 'cloudshell', 'service')
);
