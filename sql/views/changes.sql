-- The events that changed something, or tried to, and were made by a person in the console. Sign-ins and background requests
-- of the console are left out. If a record does not say whether its call only reads, the verb of the call decides.
-- @order event_time, event_id
-- @tables events signals addresses
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column role Role of the event in the signal
-- @column call_kind What the call did, broadly: secret, delete, create, change or view. NULL if the record does not say
-- @column class 'click' or 'residual', as in event_signals
-- @column stands_out Whether it has a class, or creates an identity, a credential, a stored secret or a grant. FALSE for data events and for the issue of temporary keys
-- @column resources Resources that the call names, separated by commas. NULL if it names none
-- @column bytes_out Number of bytes of an object that it downloaded. NULL if it downloaded none, or the record does not have it
CREATE OR REPLACE VIEW changes AS
SELECT e.*
FROM event_signals AS e
WHERE e.class IN ('click', 'residual')
    AND e.service <> 'signin'
    AND NOT COALESCE(
        e.read_only,
        regexp_matches(
            e.event_name,
            '^(BatchGet|Check|Describe|Discover|Estimate|Get|Head|List|Lookup|Query|Scan|Search|Validate)'
        )
    );
