-- Events that do not belong to a signal, as timeline rows with all columns of the event.
-- @order time, id
-- @tables events addresses
-- @column time Time of the event (UTC)
-- @column last_time Same as time
-- @column entry Always 'event'
-- @column class 'residual' or 'programmatic', as in event_signals
-- @column kind General kind of action: secret, delete, create, change or view. NULL if the record does not indicate it
-- @column title API call with its service: events.event_key
-- @column events Always 1
-- @column id The event: events.event_id
-- @column writes Whether the call changed something, or tried to
-- @column failed_events 1 if the event was denied or failed, otherwise 0
-- @column stands_out Whether the event has a class or creates an identity, a credential, a stored secret or a grant. FALSE for data events
-- @column resources Resources that the call names, separated by commas. NULL if it does not name any
-- @column bytes_out Number of bytes downloaded from an object. NULL if the event is not a download, or if the record does not contain the number
CREATE OR REPLACE VIEW timeline_events AS
SELECT
    event_time AS time,
    event_time AS last_time,
    'event' AS entry,
    call_kind AS kind,
    event_key AS title,
    1 AS events,
    event_id AS id,
    read_only IS FALSE AS writes,
    CASE WHEN outcome IN ('denied', 'failed') THEN 1 ELSE 0 END AS failed_events,
    * EXCLUDE (kind, title, signal_id, role, rule_id, confidence, origin, call_kind)
FROM event_signals
WHERE signal_id IS NULL;
