-- What the server keeps in memory of a case: made once, when it starts, and read by the other files here.
ATTACH ':memory:' AS served (READ_WRITE);

-- The variable `asked` holds what a request asks for: the server sets it before each query that reads served.entries.

-- One row is one row of the timeline that is the console's, with all the text that a search looks through.
CREATE TABLE served.console AS
SELECT
    t.* REPLACE (CASE WHEN t.kind = 'command' THEN 'command' ELSE t.class END AS class),
    COALESCE(s.attack, []) AS attack,
    x.mfa,
    COALESCE(n.entity_types, []) AS entity_types,
    COALESCE(n.entity_values, []) AS entity_values,
    COALESCE(n.entities, []) AS entities,
    lower(concat_ws(chr(10), t.title, t.summary, t.principal, t.id, array_to_string(n.entity_values, chr(10))))
        AS haystack
FROM timeline AS t
LEFT JOIN signals AS s ON s.signal_id = t.id
LEFT JOIN sessions AS x ON x.session_id = t.session_id
LEFT JOIN (
    SELECT
        signal_id,
        list(DISTINCT entity_type) AS entity_types,
        list(DISTINCT entity_value) AS entity_values,
        list(DISTINCT entity_type || chr(31) || entity_value) AS entities
    FROM signal_entities
    GROUP BY signal_id
) AS n ON n.signal_id = t.id
WHERE t.class <> 'programmatic'
ORDER BY t.time, t.id;

-- One row is one row of the timeline, and which parts of what is asked for it meets. Events that are not the console's
-- are many: they are looked for when they are asked for alone.
CREATE VIEW served.entries AS
WITH rows AS (
    FROM served.console
    UNION ALL BY NAME
    SELECT
        *,
        []::VARCHAR[] AS attack,
        []::VARCHAR[] AS entity_types,
        []::VARCHAR[] AS entity_values,
        []::VARCHAR[] AS entities,
        lower(concat_ws(chr(10), title, summary, principal, id)) AS haystack
    FROM timeline
    WHERE class = 'programmatic' AND list_contains(getvariable('asked').show, 'programmatic')
),
judged AS (
    SELECT
        *,
        CASE WHEN error_code IS NULL THEN 'ok' ELSE 'failed' END AS outcome,
        getvariable('asked').session IS NULL
            OR COALESCE(list_contains(getvariable('asked').session, session_id), FALSE) AS of_session,
        getvariable('asked').service IS NULL
            OR COALESCE(list_contains(getvariable('asked').service, service), FALSE) AS of_service,
        getvariable('asked').kind IS NULL
            OR COALESCE(list_contains(getvariable('asked').kind, kind), FALSE) AS of_kind,
        getvariable('asked').technique IS NULL
            OR COALESCE(list_has_any(getvariable('asked').technique, attack), FALSE) AS of_technique,
        getvariable('asked').region IS NULL
            OR COALESCE(list_contains(getvariable('asked').region, region), FALSE) AS of_region,
        getvariable('asked').principal IS NULL
            OR COALESCE(list_contains(getvariable('asked').principal, principal), FALSE) AS of_principal,
        getvariable('asked').show IS NULL
            OR COALESCE(list_contains(getvariable('asked').show, class), FALSE) AS of_class,
        getvariable('asked').outcome IS NULL
            OR getvariable('asked').outcome = outcome AS of_outcome,
        CASE
            WHEN getvariable('asked').entity IS NULL AND getvariable('asked').entity_type IS NULL THEN TRUE
            WHEN getvariable('asked').entity IS NULL THEN list_contains(entity_types, getvariable('asked').entity_type)
            WHEN getvariable('asked').entity_type IS NULL THEN list_contains(entity_values, getvariable('asked').entity)
            ELSE list_contains(entities, getvariable('asked').entity_type || chr(31) || getvariable('asked').entity)
        END AS of_entity,
        (getvariable('asked').ids IS NULL OR list_contains(getvariable('asked').ids, id))
            AND (getvariable('asked').since IS NULL OR last_time >= make_timestamp(getvariable('asked').since))
            AND (getvariable('asked').until IS NULL OR time < make_timestamp(getvariable('asked').until))
            AND (getvariable('asked').search IS NULL OR contains(haystack, lower(getvariable('asked').search)))
            AS of_rest
    FROM rows
)
SELECT
    *,
    of_session AND of_service AND of_kind AND of_technique AND of_region AND of_principal AND of_class AND of_outcome
        AND of_entity AND of_rest AS wanted
FROM judged;

-- One row is one row of the timeline that is asked for.
CREATE VIEW served.shown AS
SELECT
    * EXCLUDE (entity_types, entity_values, entities, haystack, outcome, of_session, of_service, of_kind, of_technique,
        of_region, of_principal, of_class, of_outcome, of_entity, of_rest, wanted)
FROM served.entries
WHERE wanted;

-- One row is one moment of a console session, and how many events it has then.
CREATE TABLE served.moments AS
SELECT session_id, event_time, count(*) AS events
FROM events
SEMI JOIN (FROM sessions WHERE console) USING (session_id)
GROUP BY session_id, event_time;

-- The same of all sessions that the rows which are asked for may be of.
CREATE VIEW served.pulse AS
FROM served.moments
UNION ALL
SELECT session_id, event_time, 1 AS events
FROM events
ANTI JOIN (SELECT DISTINCT session_id FROM served.moments) USING (session_id)
WHERE list_contains(getvariable('asked').show, 'programmatic');

-- A number of things in words; NULL if there are none.
CREATE MACRO served.some(n, one, many) AS
    CASE WHEN n = 1 THEN '1 ' || one WHEN n > 1 THEN n || ' ' || many END;

-- One row is one session, with what stands out in it, in words.
CREATE TABLE served.sessions AS
SELECT
    s.*,
    list_filter([
        CASE WHEN s.identity_type = 'Root' THEN 'the root user' END,
        CASE WHEN s.console AND NOT s.mfa THEN 'no MFA' END,
        served.some(i.failures, 'failed sign-in', 'failed sign-ins'),
        CASE WHEN s.console AND s.first_time = f.first_console AND f.first_seen < s.first_time - INTERVAL 1 HOUR
            THEN 'first console session of this identity' END,
        CASE WHEN len(s.ips) > 1 THEN len(s.ips) || ' addresses' END,
        served.some(s.secrets, 'secret or key', 'secrets or keys'),
        served.some(p.changes, 'privilege change', 'privilege changes'),
        served.some(d.changes, 'defence weakened', 'defences weakened'),
        served.some(o.changes, 'way out for data', 'ways out for data'),
        served.some(k.deletes, 'deletion', 'deletions'),
        served.some(s.denied, 'call denied', 'calls denied'),
        served.some(k.commands, 'command typed', 'commands typed'),
        CASE WHEN s.console THEN served.some(s.unexplained_events, 'event unexplained', 'events unexplained') END
    ], lambda text: text IS NOT NULL) AS stands_out
FROM session_summary AS s
LEFT JOIN (
    SELECT account_id, principal, min(first_time) AS first_seen, min(first_time) FILTER (console) AS first_console
    FROM sessions
    GROUP BY account_id, principal
) AS f ON f.account_id IS NOT DISTINCT FROM s.account_id AND f.principal IS NOT DISTINCT FROM s.principal
LEFT JOIN (
    SELECT session_id, count(*) AS failures FROM sign_ins WHERE result = 'failure' GROUP BY session_id
) AS i USING (session_id)
LEFT JOIN (
    SELECT session_id, count(*) AS changes
    FROM privilege_changes
    WHERE effect <> 'revokes' AND outcome = 'succeeded'
    GROUP BY session_id
) AS p USING (session_id)
LEFT JOIN (
    SELECT session_id, count(*) AS changes FROM defense_evasion WHERE outcome = 'succeeded' GROUP BY session_id
) AS d USING (session_id)
LEFT JOIN (
    SELECT session_id, count(*) AS changes FROM data_exposure WHERE outcome = 'succeeded' GROUP BY session_id
) AS o USING (session_id)
LEFT JOIN (
    SELECT
        session_id,
        count(*) FILTER (kind = 'delete') AS deletes,
        count(*) FILTER (kind = 'command') AS commands
    FROM signals
    GROUP BY session_id
) AS k USING (session_id);

-- One row is one thing that somebody saw or touched in the console.
CREATE TABLE served.entities AS
SELECT
    entity_type,
    entity_value,
    COALESCE(list_sort(list(DISTINCT x.principal) FILTER (x.principal IS NOT NULL)), []) AS principals,
    min(s.first_time) AS first_time,
    max(s.last_time) AS last_time,
    count(DISTINCT signal_id) AS sightings,
    count(DISTINCT signal_id) FILTER (s.kind >= 'change'::signal_kind) AS changes,
    changes > 0 AS touched,
    max(s.kind) AS furthest,
    count(DISTINCT session_id) AS sessions
FROM signal_entities
JOIN signals AS s USING (signal_id)
LEFT JOIN sessions AS x USING (session_id)
GROUP BY entity_type, entity_value;

CREATE TABLE served.coverage AS FROM coverage;
