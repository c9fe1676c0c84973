-- Secrets, keys and credentials that signals and events show, and how each was accessed. how is 'seen' if only the name
-- was shown on a console page, 'read' if the value was returned, 'made' if it was created or set, and
-- 'tried' if the call to read or create it was denied or failed. A call that reads or creates a secret does not have an
-- additional 'seen' row. Programs read secrets regularly; see secret_reads.
-- @order event_time, event_id, signal_id, secret
-- @tables events signals
-- @column event_time Time of the event, or of the first event of the signal (UTC)
-- @column how 'seen', 'read', 'made' or 'tried'
-- @column secret_type secret, parameter, access_key, password, key_pair, credential or token
-- @column secret Name or ID, as recorded in the event. NULL if there is none
-- @column client Kind of client that made the call
CREATE OR REPLACE VIEW secrets_seen AS
SELECT
    c.event_time,
    c.account_id,
    c.region,
    c.principal,
    c.source_ip,
    c.client,
    CASE
        WHEN c.outcome IN ('denied', 'failed') THEN 'tried'
        WHEN c.class = 'secret_read' THEN 'read'
        ELSE 'made'
    END AS how,
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
WHERE n.entity_type IN ('secret', 'access_key', 'key_pair', 'kms_key')
    AND NOT (
        n.entity_type <> 'kms_key'
        AND COALESCE(list_has_any(list_transform(e.classes, lambda c: c.class), ['secret_read', 'credential_made']), FALSE)
        AND COALESCE(
            list_contains(list_transform(e.entities, lambda n: n.name), n.entity_value)
                OR list_contains(list_transform(e.entities, lambda n: n.entity_value), n.entity_value),
            FALSE
        )
    );
