-- What the server keeps in memory of the timeline of a case: made once, after setup.sql.

-- The variable `asked` holds what a request asks for: the server sets it before each query that reads served.entries.

-- One row is one thing, by name, that one row of the timeline shows, or that its events name.
CREATE OR REPLACE TABLE served.things AS
WITH named AS (
    SELECT event_id, session_id, read_only, unnest(entities) AS n FROM events WHERE entities IS NOT NULL
),
names AS (
    SELECT DISTINCT n.entity_type AS entity_type, n.entity_value AS entity_value, n.name AS name
    FROM named
    WHERE n.entity_value <> n.name
)
SELECT
    s.signal_id AS id,
    e.entity_type,
    COALESCE(names.name, e.entity_value) AS name,
    bool_or(s.kind >= 'change'::signal_kind AND e.relation <> 'seen') AS touched,
    touched AS changed
FROM signal_entities AS e
JOIN signals AS s USING (signal_id)
LEFT JOIN names USING (entity_type, entity_value)
GROUP BY ALL
UNION ALL
-- A page of the console reads whatever it shows: its own reads are looks at a thing.
SELECT
    COALESCE(es.signal_id, named.event_id) AS id,
    n.entity_type,
    n.name,
    bool_or(NOT read_only) AS touched,
    touched AS changed
FROM named
JOIN sessions AS x ON x.session_id = named.session_id AND x.console
LEFT JOIN event_signal AS es USING (event_id)
GROUP BY ALL
UNION ALL
-- A key is touched by every call that is made with it.
SELECT COALESCE(es.signal_id, e.event_id) AS id, 'access_key', e.access_key_id, TRUE, FALSE
FROM events AS e
JOIN sessions AS x ON x.session_id = e.session_id AND x.console
LEFT JOIN event_signal AS es USING (event_id)
WHERE e.access_key_id IN (
    SELECT unnest(list_transform(list_filter(entities, lambda n: n.entity_type = 'access_key'), lambda n: n.name))
    FROM events
)
GROUP BY ALL;

-- One row is one row of the timeline that is the console's, with all that it is filtered by and searched for.
CREATE OR REPLACE TABLE served.console AS
WITH kept AS (
    SELECT
        es.signal_id AS id, e.event_key, e.access_key_id, e.principal_arn, e.source_ip, e.user_agent, e.error_code,
        e.error_message,
        list_transform(COALESCE(e.classes, []), lambda c: c.class) AS classes,
        bool_or(e.denied) AS denied,
        string_agg(concat_ws(chr(10), e.event_id, e.request_id), chr(10)) AS ids
    FROM event_signal AS es
    JOIN events AS e USING (event_id)
    GROUP BY ALL
),
-- What is the same in several events of a signal is kept once.
evidence AS (
    SELECT
        id,
        list(DISTINCT source_ip) FILTER (source_ip IS NOT NULL) AS ips,
        list(DISTINCT access_key_id) FILTER (access_key_id IS NOT NULL) AS keys,
        list(DISTINCT event_key) AS calls,
        list(DISTINCT user_agent) FILTER (user_agent IS NOT NULL) AS agents,
        list_filter(list_distinct(flatten(list(classes))), lambda name: name <> 'reversal') AS reasons,
        bool_or(denied) AS denied,
        string_agg(concat_ws(chr(10), event_key, access_key_id, principal_arn, source_ip, user_agent, error_code,
            error_message, ids), chr(10)) AS texts
    FROM kept
    GROUP BY id
),
things AS (
    SELECT
        id,
        list(DISTINCT entity_type) AS entity_types,
        list(DISTINCT name) AS entity_names,
        list(entity_type || chr(31) || name) AS entities,
        list(entity_type || chr(31) || name) FILTER (touched) AS touched_entities
    FROM (
        SELECT id, entity_type, name, bool_or(touched) AS touched FROM served.things GROUP BY id, entity_type, name
    )
    GROUP BY id
)
SELECT
    t.time,
    t.last_time,
    t.entry,
    CASE WHEN t.kind = 'command' THEN 'command' ELSE t.class END AS class,
    t.session_id,
    t.account_id,
    t.principal,
    t.region,
    t.kind::VARCHAR AS kind,
    t.service,
    t.title,
    t.summary,
    t.confidence,
    t.origin,
    t.events,
    t.id,
    t.url,
    t.error_code,
    a.source_ip,
    COALESCE(s.attack, a.techniques, []) AS attack,
    x.mfa,
    t.writes,
    t.stands_out,
    t.resources,
    t.bytes_out,
    -- A click is denied, or has failed, if any of its calls is or has.
    COALESCE(v.denied, a.denied, FALSE) AS denied,
    t.failed_events > 0 AS has_failed,
    t.kind::VARCHAR IN ('change', 'create', 'delete', 'secret', 'login', 'command') OR COALESCE(a.read_only IS FALSE
        OR len(a.classes) > 0 OR a.denied, FALSE) AS notable,
    COALESCE(v.ips, [a.source_ip]) AS ips,
    COALESCE(v.keys, [a.access_key_id]) AS keys,
    COALESCE(v.calls, [a.event_key]) AS calls,
    COALESCE(v.agents, [a.user_agent]) AS agents,
    COALESCE(v.reasons, list_distinct(list_transform(a.classes, lambda c: c.class)), []) AS reasons,
    COALESCE(n.entity_types, []) AS entity_types,
    COALESCE(n.entity_names, []) AS entity_names,
    COALESCE(n.entities, []) AS entities,
    COALESCE(n.touched_entities, []) AS touched_entities,
    lower(concat_ws(chr(10), t.title, t.summary, t.principal, t.account_id, t.session_id, t.id,
        v.texts, a.event_id, a.request_id, a.access_key_id, a.principal_arn, a.source_ip,
        a.user_agent, a.error_code, a.error_message, array_to_string(n.entity_names, chr(10)),
        array_to_string(list_transform(a.entities, lambda e: e.entity_value), chr(10)))) AS haystack
FROM timeline AS t
LEFT JOIN signals AS s ON s.signal_id = t.id
LEFT JOIN events AS a ON a.event_id = COALESCE(s.anchor_event_id, t.id)
LEFT JOIN sessions AS x ON x.session_id = t.session_id
LEFT JOIN evidence AS v ON v.id = t.id
LEFT JOIN things AS n ON n.id = t.id
WHERE t.class <> 'programmatic'
ORDER BY t.time, t.id;

-- Whether a text contains the text that is searched for.
CREATE OR REPLACE MACRO served.matches(text) AS contains(lower(text), lower(getvariable('asked').search));

-- Whether a value, or one of several, is among those that are asked for; TRUE if none is asked for.
CREATE OR REPLACE MACRO served.is_asked(wanted, value) AS wanted IS NULL OR COALESCE(list_contains(wanted, value), FALSE);
CREATE OR REPLACE MACRO served.any_asked(wanted, given) AS
    wanted IS NULL OR COALESCE(list_has_any(wanted, given), FALSE);

-- The events of the timeline that are not the console's, one row for each. They are many: they are read where they are, and
-- only when they are asked for.
CREATE OR REPLACE VIEW served.api AS
SELECT
    time,
    last_time,
    entry,
    class,
    session_id,
    account_id,
    principal,
    region,
    kind,
    service,
    title,
    summary,
    events,
    id,
    error_code,
    source_ip,
    COALESCE(techniques, []) AS attack,
    mfa,
    writes,
    stands_out,
    resources,
    bytes_out,
    COALESCE(denied, FALSE) AS denied,
    COALESCE(failed_events > 0, FALSE) AS has_failed,
    COALESCE(writes OR len(classes) > 0 OR denied, FALSE) AS notable,
    [source_ip] AS ips,
    [access_key_id] AS keys,
    [event_key] AS calls,
    [user_agent] AS agents,
    CASE
        WHEN stands_out THEN list_filter(
            list_distinct(list_transform(COALESCE(classes, []), lambda c: c.class)), lambda name: name <> 'reversal'
        )
        ELSE []
    END AS reasons,
    list_transform(COALESCE(entities, []), lambda n: n.entity_type) AS entity_types,
    list_concat(list_transform(COALESCE(entities, []), lambda n: n.name),
        list_transform(COALESCE(entities, []), lambda n: n.entity_value)) AS entity_names,
    list_concat(list_transform(COALESCE(entities, []), lambda n: n.entity_type || chr(31) || n.name),
        list_transform(COALESCE(entities, []), lambda n: n.entity_type || chr(31) || n.entity_value)) AS entities,
    -- Columns with few different values are searched once for each value. Joined to one text, they would be searched row by row.
    served.matches(summary)
        OR served.matches(title)
        OR served.matches(principal)
        OR served.matches(principal_arn)
        OR served.matches(source_ip)
        OR served.matches(access_key_id)
        OR served.matches(user_agent)
        OR served.matches(error_code)
        OR served.matches(error_message)
        OR served.matches(id)
        OR served.matches(request_id)
        OR served.matches(account_id)
        OR served.matches(session_id)
        OR served.matches(array_to_string(list_transform(entities, lambda n: n.entity_value), chr(10))) AS of_search
FROM timeline_events
WHERE class = 'programmatic' AND list_contains(getvariable('asked').show, 'programmatic');

-- One row is one row of the timeline, and which parts of what is asked for it meets.
CREATE OR REPLACE VIEW served.entries AS
WITH rows AS (
    SELECT * EXCLUDE (haystack), contains(haystack, lower(getvariable('asked').search)) AS of_search FROM served.console
    UNION ALL BY NAME
    SELECT *, entities AS touched_entities FROM served.api
),
judged AS (
    SELECT
        * EXCLUDE (of_search),
        CASE WHEN has_failed THEN 'failed' ELSE 'ok' END AS outcome,
        served.is_asked(getvariable('asked').session, session_id)
            AND (getvariable('asked').actor IS NULL
                OR COALESCE(list_contains(getvariable('acted')::VARCHAR[], session_id), FALSE)) AS of_session,
        served.is_asked(getvariable('asked').service, service) AS of_service,
        served.is_asked(getvariable('asked').kind, kind) AS of_kind,
        served.any_asked(getvariable('asked').technique, attack) AS of_technique,
        served.is_asked(getvariable('asked').region, region) AS of_region,
        served.is_asked(getvariable('asked').principal, principal) AS of_principal,
        served.any_asked(getvariable('asked').ip, ips) AS of_ip,
        served.any_asked(getvariable('asked').key, keys) AS of_key,
        served.any_asked(getvariable('asked').call, calls) AS of_call,
        served.any_asked(getvariable('asked').agent, agents) AS of_agent,
        served.any_asked(getvariable('asked').reason, reasons) AS of_reason,
        served.is_asked(getvariable('asked').show, class) AS of_class,
        CASE getvariable('asked').outcome
            WHEN 'ok' THEN NOT has_failed
            WHEN 'failed' THEN has_failed
            WHEN 'denied' THEN denied
            ELSE TRUE
        END AS of_outcome,
        getvariable('asked').notable IS NULL OR notable AS of_notable,
        CASE
            WHEN getvariable('asked').entity IS NULL AND getvariable('asked').entity_type IS NULL THEN TRUE
            WHEN getvariable('asked').entity IS NULL THEN list_contains(entity_types, getvariable('asked').entity_type)
            -- What was done with a key is part of its history.
            WHEN COALESCE(getvariable('asked').entity_type, 'access_key') = 'access_key'
                AND list_contains(keys, getvariable('asked').entity) THEN TRUE
            WHEN getvariable('asked').entity_type IS NULL THEN list_contains(entity_names, getvariable('asked').entity)
            ELSE list_contains(entities, getvariable('asked').entity_type || chr(31) || getvariable('asked').entity)
        END AS of_entity,
        (getvariable('asked').ids IS NULL OR list_contains(getvariable('asked').ids, id))
            AND (getvariable('asked').since IS NULL OR last_time >= make_timestamp(getvariable('asked').since))
            AND (getvariable('asked').until IS NULL OR time < make_timestamp(getvariable('asked').until))
            AND (getvariable('asked').search IS NULL OR COALESCE(of_search, FALSE)) AS of_rest
    FROM rows
)
SELECT
    *,
    of_session AND of_service AND of_kind AND of_technique AND of_region AND of_principal AND of_ip AND of_key
        AND of_call AND of_agent AND of_reason AND of_class AND of_outcome AND of_notable AND of_entity AND of_rest AS wanted
FROM judged;

-- One row is one row of the timeline that is asked for.
CREATE OR REPLACE VIEW served.shown AS
SELECT
    * EXCLUDE (entity_types, entity_names, entities, touched_entities, ips, keys, calls, agents, reasons, writes, stands_out, resources, has_failed,
        outcome, notable, of_session, of_service, of_kind, of_technique, of_region, of_principal, of_ip, of_key,
        of_call, of_agent, of_reason, of_class, of_outcome, of_notable, of_entity, of_rest, wanted)
FROM served.entries
WHERE wanted;

-- One row is one moment of a console session, and how many events it has then.
CREATE OR REPLACE TABLE served.moments AS
SELECT session_id, event_time, count(*) AS events
FROM events
SEMI JOIN (FROM sessions WHERE console) USING (session_id)
GROUP BY session_id, event_time;

-- The same of all sessions that the rows which are asked for may be of.
CREATE OR REPLACE VIEW served.pulse AS
FROM served.moments
UNION ALL
SELECT session_id, event_time, 1 AS events
FROM events
ANTI JOIN (SELECT DISTINCT session_id FROM served.moments) USING (session_id)
WHERE list_contains(getvariable('asked').show, 'programmatic');
