-- The events with their descriptions, and with the click that each belongs to, if any.
-- @order event_time, event_id
-- @tables events signals addresses
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column role Role of the event in the signal
-- @column call_kind What the call did, broadly: secret, delete, create, change or view. NULL if the record does not say
-- @column class How the call was made, as in event_signals
-- @column what Description of the event: events.summary
-- @column click Description of the click: signals.summary. NULL if the event belongs to no signal
-- @column stands_out Whether it has a class, or creates an identity, a credential, a stored secret or a grant. FALSE for data events and for the issue of temporary keys
-- @column resources Resources that the call names, separated by commas. NULL if it names none
-- @column bytes_out Number of bytes of an object that it downloaded. NULL if it downloaded none, or the record does not have it
CREATE OR REPLACE VIEW described_events AS
SELECT
    e.*,
    e.summary AS what,
    s.summary AS click
FROM event_signals AS e
LEFT JOIN signals AS s USING (signal_id);
