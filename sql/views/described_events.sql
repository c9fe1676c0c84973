-- One row is one event with its sentence and the click that explains it, if one does.
-- @order event_time, event_id
-- @tables events signals addresses
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column role Its part in that signal
-- @column call_kind What its call did, in the coarsest terms: secret, delete, create, change or view; NULL if the trail does not say
-- @column class How it was made, as in event_signals
-- @column what The sentence: events.summary
-- @column click What the click did or showed: signals.summary; NULL if no signal explains it
-- @column stands_out Whether it has a class, or creates an identity, a credential, a stored secret or a grant; data events do not, and neither does the issue of a temporary key
-- @column resources The things that its call names, joined by commas; NULL if it names none
-- @column bytes_out How many bytes of an object it downloaded; NULL where it downloaded none, or the trail does not say
CREATE OR REPLACE VIEW described_events AS
SELECT
    e.*,
    e.summary AS what,
    s.summary AS click
FROM event_signals AS e
LEFT JOIN signals AS s USING (signal_id);
