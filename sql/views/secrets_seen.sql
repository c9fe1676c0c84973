-- One row is one secret, key or credential that a signal or an event shows, and how near somebody came to it.
-- how: 'seen' if its name was on a page of the console; 'read' if its value was asked for; 'made' if it was created or
-- set. A failed call has its error_code. Ordinary traffic reads secrets all day: filter by client or principal.
-- @order event_time, event_id, signal_id, secret
-- @tables events signals
-- @column event_time When, UTC
-- @column how 'seen', 'read' or 'made'
-- @column secret_type What it is: secret, parameter, access_key, password, key_pair, credential, token
-- @column secret Its name or id, as the event has it; NULL if it has none
-- @column client What kind of program called
CREATE OR REPLACE VIEW secrets_seen AS
SELECT
    c.event_time,
    c.account_id,
    c.region,
    c.principal,
    c.source_ip,
    c.client,
    CASE c.class WHEN 'secret_read' THEN 'read' ELSE 'made' END AS how,
    c.object AS secret_type,
    COALESCE(
        list_any_value(list_transform(
            list_filter(c.entities, lambda n: n.relation = 'created' AND n.entity_type <> 'user'), lambda n: n.name
        )),
        c.target
    ) AS secret,
    c.event_key,
    c.error_code,
    c.title,
    c.session_id,
    c.signal_id,
    c.event_id
FROM event_classes AS c
WHERE c.class IN ('secret_read', 'credential_made')
UNION ALL
SELECT
    s.first_time AS event_time,
    x.account_id,
    s.region,
    x.principal,
    e.source_ip,
    e.client,
    'seen' AS how,
    n.entity_type AS secret_type,
    n.entity_value AS secret,
    e.event_key,
    e.error_code,
    s.title,
    session_id,
    signal_id,
    event_id
FROM signal_entities AS n
JOIN signals AS s USING (signal_id)
JOIN sessions AS x USING (session_id)
LEFT JOIN events AS e USING (event_id)
WHERE n.entity_type IN ('secret', 'access_key', 'key_pair', 'kms_key');
