-- All events, each with the signal that it belongs to, if any. class is 'click', 'command' (typed in a CLI, an SDK or
-- CloudShell) or 'background' for events that belong to a signal; 'residual' for events in a console session that do not
-- belong to a signal; and 'programmatic' for all other events, namely those in other sessions and calls from a CLI, an
-- SDK, CloudShell or a service.
-- @order event_time, event_id
-- @tables events signals addresses
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column role Role of the event in the signal
-- @column class 'click', 'command', 'background', 'residual' or 'programmatic'
-- @column stands_out Whether the event has a class or creates an identity, a credential, a stored secret or a grant. FALSE for data events and for events that only issue temporary keys
-- @column resources Resources that the call names, separated by commas. NULL if it does not name any
-- @column bytes_out Number of bytes downloaded from an object. NULL if the event is not a download, or if the record does not contain the number
-- @column call_kind General kind of action: secret, delete, create, change or view. NULL if the record does not indicate it
CREATE OR REPLACE VIEW event_signals AS
SELECT
    e.*,
    es.signal_id,
    es.role,
    s.rule_id,
    s.kind,
    s.title,
    s.confidence,
    s.origin,
    CASE
        WHEN s.kind = 'background' THEN 'background'
        WHEN s.kind = 'command' AND e.client IN ('cli', 'sdk', 'agent', 'cloudshell') THEN 'command'
        WHEN s.signal_id IS NOT NULL THEN 'click'
        WHEN COALESCE(x.console, FALSE)
            AND COALESCE(e.client::VARCHAR, 'unknown') NOT IN ('cli', 'sdk', 'agent', 'cloudshell', 'service') THEN 'residual'
        ELSE 'programmatic'
    END AS class,
    CASE
        WHEN e.classes IS NULL AND e.read_only THEN 'view'
        WHEN list_has_any(list_transform(e.classes, lambda c: c.class), ['secret_read', 'credential_made']) THEN 'secret'
        WHEN e.read_only THEN 'view'
        WHEN list_contains(list_transform(e.entities, lambda n: n.relation), 'deleted') THEN 'delete'
        WHEN list_contains(list_transform(e.entities, lambda n: n.relation), 'created') THEN 'create'
        WHEN NOT e.read_only THEN 'change'
    END AS call_kind,
    -- For most events, the first two conditions are sufficient and the lists are not inspected.
    CASE
        WHEN e.event_category = 'Data' THEN FALSE
        WHEN e.classes IS NULL AND e.grants IS NULL AND e.read_only THEN FALSE
        ELSE COALESCE(
            len(list_filter(e.classes, lambda c: NOT (c.class = 'exfiltration' AND c.effect = 'downloaded'))) > 0
            OR json_array_length(e.grants) > 0
            OR len(list_filter(
                e.entities,
                lambda n: n.relation = 'created'
                    AND n.entity_type IN ('user', 'role', 'group', 'policy', 'key_pair', 'secret', 'parameter')
            )) > 0,
            FALSE
        )
    END AS stands_out,
    array_to_string(list_transform(e.entities, lambda n: n.name), ', ') AS resources,
    CASE
        WHEN e.service = 's3' AND e.outcome = 'succeeded'
            AND list_contains(list_transform(e.classes, lambda c: c.class || ' ' || c.effect), 'exfiltration downloaded')
            THEN TRY_CAST(TRY_CAST(e.extra->>'$.additionalEventData.bytesTransferredOut' AS DOUBLE) AS BIGINT)
    END AS bytes_out,
    a.country,
    a.asn,
    a.owner,
    a.cloud,
    a.cloud_service,
    a.cloud_region
FROM events AS e
LEFT JOIN sessions AS x USING (session_id)
LEFT JOIN event_signal AS es USING (event_id)
LEFT JOIN signals AS s USING (signal_id)
LEFT JOIN addresses AS a ON a.address = e.source_ip;
