-- One row is one event that changed something, or tried to, and was made from the console by a person.
-- Sign-ins are left out, and so is what the console does by itself.
-- Where a record does not say whether its call only reads, the call's verb does.
-- @order event_time, event_id
-- @tables events signals addresses
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column role Its part in that signal
-- @column call_kind What its call did, in the coarsest terms: secret, delete, create, change or view; NULL if the trail does not say
-- @column class 'click' or 'residual', as in event_signals
-- @column stands_out Whether it has a class, or creates an identity, a credential, a stored secret or a grant; data events do not, and neither does the issue of a temporary key
-- @column resources The things that its call names, joined by commas; NULL if it names none
-- @column bytes_out How many bytes of an object it downloaded; NULL where it downloaded none, or the trail does not say
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
