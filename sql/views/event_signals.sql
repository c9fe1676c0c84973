-- One row is one event, with the signal that explains it, if one does.
-- class: 'click', 'command' (typed: CLI, SDK or CloudShell) and 'background' for explained events; 'residual' for events of a console session that nothing
-- explains; 'programmatic' for the rest: other sessions, and what a CLI, an SDK, CloudShell or a service called.
-- @order event_time, event_id
-- @tables events signals addresses
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column role Its part in that signal
-- @column class 'click', 'background', 'residual' or 'programmatic'
-- @column stands_out Whether it has a class, or creates an identity, a credential, a stored secret or a grant; data events do not, and neither does the issue of a temporary key
-- @column resources The things that its call names, joined by commas; NULL if it names none
-- @column bytes_out How many bytes of an object it downloaded; NULL where it downloaded none, or the trail does not say
-- @column call_kind What its call did, in the coarsest terms: secret, delete, create, change or view; NULL if the trail does not say
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
        WHEN list_has_any(list_transform(e.classes, lambda c: c.class), ['secret_read', 'credential_made']) THEN 'secret'
        WHEN e.read_only THEN 'view'
        WHEN list_contains(list_transform(e.entities, lambda n: n.relation), 'deleted') THEN 'delete'
        WHEN list_contains(list_transform(e.entities, lambda n: n.relation), 'created') THEN 'create'
        WHEN NOT e.read_only THEN 'change'
    END AS call_kind,
    COALESCE(
        e.event_category IS DISTINCT FROM 'Data'
        AND (
            len(list_filter(e.classes, lambda c: NOT (c.class = 'exfiltration' AND c.effect = 'downloaded'))) > 0
            OR json_array_length(e.grants) > 0
            OR len(list_filter(
                e.entities,
                lambda n: n.relation = 'created'
                    AND n.entity_type IN ('user', 'role', 'group', 'policy', 'key_pair', 'secret', 'parameter')
            )) > 0
        ),
        FALSE
    ) AS stands_out,
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
