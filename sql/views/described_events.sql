-- The events with their descriptions, and the click that each event belongs to, if any.
-- @order event_time, event_id
-- @tables events signals addresses
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column role Role of the event in the signal
-- @column call_kind General kind of action: secret, delete, create, change or view. NULL if the record does not indicate it
-- @column class How the call was made, as in event_signals
-- @column what Description of the event: events.summary
-- @column click Description of the click: signals.summary. NULL if the event does not belong to a signal
-- @column stands_out Whether the event has a class or creates an identity, a credential, a stored secret or a grant. FALSE for data events and for events that only issue temporary keys
-- @column resources Resources that the call names, separated by commas. NULL if it does not name any
-- @column bytes_out Number of bytes downloaded from an object. NULL if the event is not a download, or if the record does not contain the number
CREATE OR REPLACE VIEW described_events AS
SELECT
    e.*,
    e.summary AS what,
    s.summary AS click
FROM event_signals AS e
LEFT JOIN signals AS s USING (signal_id);
