-- Events in which a person changed something in the console, or tried to. Sign-ins and the console's background requests
-- are excluded. If a record does not indicate whether its call is read-only, the verb in the call's name is used
-- instead.
-- @order event_time, event_id
-- @tables events signals addresses
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column role Role of the event in the signal
-- @column call_kind General kind of action: secret, delete, create, change or view. NULL if the record does not indicate it
-- @column class 'click' or 'residual', as in event_signals
-- @column stands_out Whether the event has a class or creates an identity, a credential, a stored secret or a grant. FALSE for data events and for events that only issue temporary keys
-- @column resources Resources that the call names, separated by commas. NULL if it does not name any
-- @column bytes_out Number of bytes downloaded from an object. NULL if the event is not a download, or if the record does not contain the number
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
