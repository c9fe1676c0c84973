-- The server's in-memory tables for the timeline, created once, after setup.sql.

-- The `asked` variable contains a request's filter. The server sets it before each query that reads served.entries.

-- One row per sign-in to the console, with the time of the sign-in itself: checks of the second factor come before it.
CREATE OR REPLACE TABLE served.sign_in_times AS
SELECT s.signal_id AS id, e.event_time AS time
FROM signals AS s
JOIN events AS e ON e.event_id = s.anchor_event_id
WHERE s.kind = 'login';

-- One row per timeline row, with its chronological position (n) and its position by session (s), which are used for
-- sorting.
CREATE OR REPLACE TABLE served.places AS
WITH timed AS (
    SELECT t.id, hash(t.session_id) AS session, row_number() OVER (ORDER BY COALESCE(l.time, t.time), t.id)::INTEGER AS n
    FROM timeline AS t
    LEFT JOIN served.sign_in_times AS l USING (id)
)
SELECT id, n, row_number() OVER (ORDER BY session, n)::INTEGER AS s FROM timed;

-- The key that consecutive calls in a session must share to be folded into one line. Reads of the same service on the same
-- day are folded. Changes and reads of secrets are folded only with calls that have the same name and outcome, and findings
-- only with calls that also name the same entities, unless they are failed reads. The first of several downloads can be a finding about all of them, so that
-- it stays with the others. The command-line timeline folds by the same rule
-- (src/present/runs.rs). A hash is much faster to sort and compare than the values.
CREATE OR REPLACE MACRO served.fold_key(class, session_id, service, moment, kind, title, error_code, writes, stands_out, resources) AS
    hash(
        class,
        session_id,
        service,
        moment::DATE,
        CASE WHEN writes OR kind IN ('secret', 'data') OR stands_out THEN concat(title, chr(31), error_code) END,
        CASE
            WHEN stands_out AND (writes OR error_code IS NULL) THEN COALESCE(resources, '')
            WHEN stands_out THEN 'failed read'
        END
    );

-- Whether a call with this relation to an entity changed it: not if the call only read, was denied or failed, or only used the
-- entity to change another one.
CREATE OR REPLACE MACRO served.is_change(relation, read_only, outcome) AS
    read_only IS FALSE AND outcome = 'succeeded' AND relation IN ('target', 'created', 'deleted', 'granted_to');

-- One row per timeline row and entity, by name, that the row shows or that its events name: whether its call concerns the
-- entity (touched), and if so whether it changed, created or deleted it or granted it something (changed), was denied or
-- failed (tried), or read it or its secret (was_read).
CREATE OR REPLACE TABLE served.things AS
WITH named AS (
    SELECT event_id, session_id, read_only, outcome, unnest(entities) AS n FROM events WHERE entities IS NOT NULL
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
    COALESCE(bool_or(s.kind >= 'command'::signal_kind AND served.is_change(e.relation, v.read_only, v.outcome)), FALSE) AS changed,
    COALESCE(bool_or(s.kind >= 'command'::signal_kind AND e.relation <> 'seen' AND v.outcome IN ('denied', 'failed')), FALSE) AS tried,
    COALESCE(bool_or(s.kind >= 'command'::signal_kind AND e.relation <> 'seen' AND v.read_only AND v.outcome = 'succeeded'), FALSE)
        AS was_read
FROM signal_entities AS e
JOIN signals AS s USING (signal_id)
LEFT JOIN events AS v ON v.event_id = e.event_id
LEFT JOIN names USING (entity_type, entity_value)
GROUP BY ALL
UNION ALL
-- A console page reads what it shows, so its reads count as views of an entity.
SELECT
    COALESCE(es.signal_id, named.event_id) AS id,
    n.entity_type,
    n.name,
    bool_or(NOT read_only) AS touched,
    COALESCE(bool_or(served.is_change(n.relation, read_only, outcome)), FALSE) AS changed,
    COALESCE(bool_or(NOT read_only AND outcome IN ('denied', 'failed')), FALSE) AS tried,
    FALSE AS was_read
FROM named
JOIN sessions AS x ON x.session_id = named.session_id AND x.console
LEFT JOIN event_signal AS es USING (event_id)
GROUP BY ALL
UNION ALL
-- Every call made with a key touches the key.
SELECT COALESCE(es.signal_id, e.event_id) AS id, 'access_key', e.access_key_id, TRUE, FALSE, FALSE, FALSE
FROM events AS e
JOIN sessions AS x ON x.session_id = e.session_id AND x.console
LEFT JOIN event_signal AS es USING (event_id)
WHERE e.access_key_id IN (
    SELECT unnest(list_transform(list_filter(entities, lambda n: n.entity_type = 'access_key'), lambda n: n.name))
    FROM events
)
GROUP BY ALL;

-- One row per event matched by saved Sigma rules, with the rules' titles as reasons why the event stands out.
CREATE OR REPLACE TABLE served.sigma AS
SELECT event_id AS id, list_sort(list(DISTINCT 'Sigma: ' || title)) AS reasons FROM sigma_matches GROUP BY event_id;

-- One row per event that stands out and reason.
CREATE OR REPLACE TABLE served.findings AS
SELECT
    event_time, account_id, reason, effect, object, target, event_key, summary, outcome, session_id, signal_id, event_id
FROM findings;

-- One row per timeline row that stands out and reason, with the number of events that succeeded (done), and that were denied
-- or failed (tried).
CREATE OR REPLACE TABLE served.row_findings AS
SELECT p.n, f.*
FROM (
    SELECT
        COALESCE(signal_id, event_id) AS id,
        reason,
        count(DISTINCT event_id) FILTER (outcome = 'succeeded') AS done,
        count(DISTINCT event_id) FILTER (outcome IN ('denied', 'failed')) AS tried
    FROM served.findings
    GROUP BY ALL
) AS f
JOIN served.places AS p USING (id);

CREATE OR REPLACE TABLE served.row_reasons AS
SELECT id, list(reason ORDER BY reason) AS reasons FROM served.row_findings GROUP BY id;

-- One row per console row in the timeline, with all values for filters and search.
CREATE OR REPLACE TABLE served.console AS
WITH kept AS (
    SELECT
        es.signal_id AS id, e.event_key, e.access_key_id, e.principal_arn, e.source_ip, e.user_agent, e.error_code,
        e.error_message,
        bool_or(e.denied) AS denied,
        string_agg(concat_ws(chr(10), e.event_id, e.request_id), chr(10)) AS ids
    FROM event_signal AS es
    JOIN events AS e USING (event_id)
    GROUP BY ALL
),
-- Values that several events in a signal share are kept once.
evidence AS (
    SELECT
        id,
        list(DISTINCT source_ip) FILTER (source_ip IS NOT NULL) AS ips,
        list(DISTINCT access_key_id) FILTER (access_key_id IS NOT NULL) AS keys,
        list(DISTINCT event_key) AS calls,
        list(DISTINCT user_agent) FILTER (user_agent IS NOT NULL) AS agents,
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
    p.n,
    p.s,
    -- A signal has its own line.
    CASE WHEN t.entry = 'event' THEN served.fold_key(
        t.class, t.session_id, t.service, t.time, t.kind::VARCHAR, t.title, t.error_code, t.writes, t.stands_out AND t.bytes_out IS NULL, t.resources
    ) END AS fold_key,
    COALESCE(l.time, t.time) AS time,
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
    t.bytes_out,
    -- A click counts as denied or failed if any of its calls was denied or failed.
    COALESCE(v.denied, a.denied, FALSE) AS denied,
    t.failed_events > 0 AS has_failed,
    t.kind::VARCHAR IN ('change', 'create', 'delete', 'secret', 'login', 'command') OR COALESCE(a.read_only IS FALSE
        OR len(a.classes) > 0 OR a.denied, FALSE) OR len(COALESCE(f.reasons, [])) > 0 OR t.sigma IS NOT NULL AS notable,
    COALESCE(v.ips, [a.source_ip]) AS ips,
    COALESCE(v.keys, [a.access_key_id]) AS keys,
    COALESCE(v.calls, [a.event_key]) AS calls,
    COALESCE(v.agents, [a.user_agent]) AS agents,
    list_concat(COALESCE(f.reasons, []), list_transform(t.sigma, lambda title: 'Sigma: ' || title)) AS reasons,
    COALESCE(n.entity_types, []) AS entity_types,
    COALESCE(n.entity_names, []) AS entity_names,
    COALESCE(n.entities, []) AS entities,
    COALESCE(n.touched_entities, []) AS touched_entities,
    lower(concat_ws(chr(10), t.title, t.summary, t.principal, t.account_id, t.session_id, t.id,
        v.texts, a.event_id, a.request_id, a.access_key_id, a.principal_arn, a.source_ip,
        a.user_agent, a.error_code, a.error_message, array_to_string(n.entity_names, chr(10)),
        array_to_string(list_transform(a.entities, lambda e: e.entity_value), chr(10)))) AS haystack
FROM timeline AS t
JOIN served.places AS p ON p.id = t.id
LEFT JOIN signals AS s ON s.signal_id = t.id
LEFT JOIN events AS a ON a.event_id = COALESCE(s.anchor_event_id, t.id)
LEFT JOIN sessions AS x ON x.session_id = t.session_id
LEFT JOIN evidence AS v ON v.id = t.id
LEFT JOIN things AS n ON n.id = t.id
LEFT JOIN served.row_reasons AS f ON f.id = t.id
LEFT JOIN served.sign_in_times AS l ON l.id = t.id
WHERE t.class <> 'programmatic'
ORDER BY p.n;

-- Whether a value, or any value in a list, is selected. TRUE if the filter is empty.
CREATE OR REPLACE MACRO served.is_asked(wanted, value) AS wanted IS NULL OR COALESCE(list_contains(wanted, value), FALSE);
CREATE OR REPLACE MACRO served.any_asked(wanted, given) AS
    wanted IS NULL OR COALESCE(list_has_any(wanted, given), FALSE);

-- One row per session that used a credential that another session in the case created, and downloaded objects.
CREATE OR REPLACE TABLE served.downloaders AS
SELECT DISTINCT session_id FROM served.data_out WHERE how = 'downloaded' AND behind_session_id IS NOT NULL;

-- One row per event outside the console that is a finding only together with other events, with what they show.
CREATE OR REPLACE TABLE served.derived AS
SELECT event_id AS id, string_agg(summary, '; ' ORDER BY class) AS summary FROM derived_findings GROUP BY event_id;

-- One row per timeline event outside the console, with all values for filters and search, and whether it stands out (found).
-- Downloads with a credential that was created in the case are of kind data.
CREATE OR REPLACE VIEW served.program_rows AS
SELECT
    p.n,
    p.s,
    CASE
        WHEN t.session_id IN (FROM served.downloaders) AND COALESCE(t.failed_events, 0) = 0
            AND list_contains(list_transform(t.classes, lambda c: c.class), 'exfiltration') THEN 'data'
        ELSE t.kind
    END AS kind,
    served.fold_key(
        t.class, t.session_id, t.service, t.time, kind, t.title, t.error_code, t.writes,
        (t.stands_out OR q.id IS NOT NULL) AND t.bytes_out IS NULL, t.resources
    ) AS fold_key,
    t.time,
    t.session_id,
    t.account_id,
    t.principal,
    t.region,
    t.service,
    t.title,
    COALESCE(q.summary, t.summary) AS summary,
    t.id,
    t.error_code,
    t.source_ip,
    t.access_key_id,
    t.event_key,
    t.user_agent,
    t.techniques,
    t.mfa,
    t.bytes_out,
    COALESCE(t.denied, FALSE) AS denied,
    COALESCE(t.failed_events > 0, FALSE) AS has_failed,
    COALESCE(t.writes OR len(t.classes) > 0 OR t.denied, FALSE) OR len(COALESCE(f.reasons, [])) > 0 OR g.id IS NOT NULL AS notable,
    list_concat(f.reasons, g.reasons) AS reasons,
    f.id IS NOT NULL OR g.id IS NOT NULL AS found,
    list_distinct(list_transform(t.entities, lambda each: each.entity_type)) AS entity_types,
    -- Hashes of entities, which are much faster to compare than names.
    list_distinct(flatten(list_transform(t.entities, lambda each: [
        hash(each.entity_type || chr(31) || each.name), hash(each.entity_type || chr(31) || each.entity_value),
        hash(each.name), hash(each.entity_value)
    ]))) AS things,
    lower(concat_ws(chr(10), t.title, t.summary, q.summary, t.principal, t.principal_arn, t.source_ip, t.access_key_id, t.user_agent,
        t.error_code, t.error_message, t.id, t.request_id, t.account_id, t.session_id,
        array_to_string(list_transform(t.entities, lambda each: each.entity_value), chr(10)))) AS haystack
FROM timeline_events AS t
JOIN served.places AS p ON p.id = t.id
LEFT JOIN served.sigma AS g ON g.id = t.id
LEFT JOIN served.row_reasons AS f ON f.id = t.id
LEFT JOIN served.derived AS q ON q.id = t.id
WHERE t.class = 'programmatic';

-- The rows that stand out. setup_programs.sql adds the others later, because there are many and the first responses do not
-- need them.
CREATE OR REPLACE TABLE served.programs AS
FROM served.program_rows
SEMI JOIN (SELECT id FROM served.row_reasons UNION ALL SELECT id FROM served.sigma) USING (id);

-- The values of the filter show that a row has. If only those rows of programs that stand out are shown, the number of all rows
-- of programs is not known.
CREATE OR REPLACE MACRO served.classes_of(class, found) AS CASE
    WHEN NOT COALESCE(found, FALSE) THEN [class]
    WHEN list_contains(getvariable('asked').show, 'programmatic') THEN [class, 'found']
    ELSE ['found']
END;

-- One row per timeline row, with the parts of the filter that it matches.
CREATE OR REPLACE VIEW served.entries AS
WITH rows AS (
    SELECT
        * EXCLUDE (haystack, entity_names, entities, touched_entities),
        contains(haystack, lower(getvariable('asked').search)) AS of_search,
        served.any_asked(getvariable('asked').ip, ips) AS of_ip,
        served.any_asked(getvariable('asked').key, keys) AS of_key,
        served.any_asked(getvariable('asked').call, calls) AS of_call,
        served.any_asked(getvariable('asked').agent, agents) AS of_agent,
        CASE
            WHEN getvariable('asked').entity IS NULL AND getvariable('asked').entity_type IS NULL THEN TRUE
            WHEN getvariable('asked').entity IS NULL THEN list_contains(entity_types, getvariable('asked').entity_type)
            -- Uses of a key are part of its history.
            WHEN COALESCE(getvariable('asked').entity_type, 'access_key') = 'access_key'
                AND list_contains(keys, getvariable('asked').entity) THEN TRUE
            WHEN getvariable('asked').entity_type IS NULL THEN list_contains(entity_names, getvariable('asked').entity)
            ELSE list_contains(entities, getvariable('asked').entity_type || chr(31) || getvariable('asked').entity)
        END AS of_entity,
        list_contains(touched_entities, getvariable('asked').entity_type || chr(31) || getvariable('asked').entity)
            OR (getvariable('asked').entity_type = 'access_key' AND list_contains(keys, getvariable('asked').entity))
            AS touched
    FROM served.console
    UNION ALL BY NAME
    SELECT
        * EXCLUDE (haystack, access_key_id, event_key, user_agent, techniques, things, reasons, entity_types),
        time AS last_time,
        'event' AS entry,
        'programmatic' AS class,
        1 AS events,
        COALESCE(techniques, []) AS attack,
        [source_ip] AS ips,
        [access_key_id] AS keys,
        [event_key] AS calls,
        [user_agent] AS agents,
        COALESCE(reasons, []) AS reasons,
        COALESCE(entity_types, []) AS entity_types,
        contains(haystack, lower(getvariable('asked').search)) AS of_search,
        served.is_asked(getvariable('asked').ip, source_ip) AS of_ip,
        served.is_asked(getvariable('asked').key, access_key_id) AS of_key,
        served.is_asked(getvariable('asked').call, event_key) AS of_call,
        served.is_asked(getvariable('asked').agent, user_agent) AS of_agent,
        CASE
            WHEN getvariable('asked').entity IS NULL AND getvariable('asked').entity_type IS NULL THEN TRUE
            WHEN getvariable('asked').entity IS NULL THEN list_contains(entity_types, getvariable('asked').entity_type)
            WHEN COALESCE(getvariable('asked').entity_type, 'access_key') = 'access_key'
                AND access_key_id = getvariable('asked').entity THEN TRUE
            WHEN getvariable('asked').entity_type IS NULL THEN list_contains(things, hash(getvariable('asked').entity))
            ELSE list_contains(things, hash(getvariable('asked').entity_type || chr(31) || getvariable('asked').entity))
        END AS of_entity,
        TRUE AS touched
    FROM served.programs
    WHERE list_contains(getvariable('asked').show, 'programmatic')
        OR found AND list_contains(getvariable('asked').show, 'found')
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
        served.any_asked(getvariable('asked').reason, reasons) AS of_reason,
        served.is_asked(getvariable('asked').show, class)
            OR COALESCE(found, FALSE) AND list_contains(getvariable('asked').show, 'found') AS of_class,
        CASE getvariable('asked').outcome
            WHEN 'ok' THEN NOT has_failed
            WHEN 'failed' THEN has_failed
            WHEN 'denied' THEN denied
            ELSE TRUE
        END AS of_outcome,
        getvariable('asked').notable IS NULL OR notable AS of_notable,
        (getvariable('asked').ids IS NULL OR list_contains(getvariable('asked').ids, id))
            AND (getvariable('asked').since IS NULL OR last_time >= make_timestamp(getvariable('asked').since))
            AND (getvariable('asked').until IS NULL OR time < make_timestamp(getvariable('asked').until))
            AND (getvariable('asked').search IS NULL OR COALESCE(of_search, FALSE)) AS of_rest
    FROM rows
)
SELECT
    *,
    -- The number of facets that the row does not match.
    (NOT COALESCE(of_service, FALSE))::UTINYINT
        + (NOT COALESCE(of_kind, FALSE))::UTINYINT
        + (NOT COALESCE(of_technique, FALSE))::UTINYINT
        + (NOT COALESCE(of_region, FALSE))::UTINYINT
        + (NOT COALESCE(of_principal, FALSE))::UTINYINT
        + (NOT COALESCE(of_ip, FALSE))::UTINYINT
        + (NOT COALESCE(of_key, FALSE))::UTINYINT
        + (NOT COALESCE(of_call, FALSE))::UTINYINT
        + (NOT COALESCE(of_agent, FALSE))::UTINYINT
        + (NOT COALESCE(of_reason, FALSE))::UTINYINT
        + (NOT COALESCE(of_class, FALSE))::UTINYINT
        + (NOT COALESCE(of_outcome, FALSE))::UTINYINT
        + (NOT COALESCE(of_notable, FALSE))::UTINYINT
        + (NOT COALESCE(of_entity, FALSE))::UTINYINT AS misses,
    of_session AND of_service AND of_kind AND of_technique AND of_region AND of_principal AND of_ip AND of_key
        AND of_call AND of_agent AND of_reason AND of_class AND of_outcome AND of_notable AND of_entity AND of_rest AS wanted
FROM judged;

-- One row per timeline row, whether it matches the filter or not.
CREATE OR REPLACE VIEW served.visible AS
SELECT
    n, time, last_time, entry, class, session_id, account_id, principal, region, kind, service, title, summary, confidence,
    origin, events, id, url, error_code, source_ip, attack, mfa, bytes_out, denied
FROM served.console
UNION ALL
SELECT
    n, time, time, 'event', 'programmatic', session_id, account_id, principal, region, kind, service, title, summary, NULL,
    NULL, 1, id, NULL, error_code, source_ip, COALESCE(techniques, []), mfa, bytes_out, denied
FROM served.programs;

-- One row per timeline row that matches the filter.
CREATE OR REPLACE VIEW served.shown AS
SELECT * EXCLUDE (n) FROM served.visible SEMI JOIN (SELECT n FROM served.entries WHERE wanted) USING (n);

-- One row per second of a console session, with the number of events.
CREATE OR REPLACE TABLE served.moments AS
SELECT session_id, event_time, count(*) AS events
FROM events
SEMI JOIN (FROM sessions WHERE console) USING (session_id)
GROUP BY session_id, event_time;

-- The same for all sessions to which matching rows may belong.
CREATE OR REPLACE VIEW served.pulse AS
FROM served.moments
UNION ALL
SELECT session_id, event_time, 1 AS events
FROM events
ANTI JOIN (SELECT DISTINCT session_id FROM served.moments) USING (session_id)
WHERE list_has_any(getvariable('asked').show, ['programmatic', 'found']);
