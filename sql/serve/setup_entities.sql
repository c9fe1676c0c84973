-- The server's in-memory tables for entities and coverage, created once, after setup_timeline.sql.

-- One row per entity, with what successful calls did to it: created, deleted, granted_to, used …
CREATE OR REPLACE TABLE served.relations AS
SELECT n.entity_type AS entity_type, n.name AS name, list_sort(list(DISTINCT n.relation)) AS relations
FROM (SELECT unnest(entities) AS n FROM events WHERE entities IS NOT NULL AND outcome = 'succeeded')
GROUP BY ALL;

-- One row per entity that a principal saw or touched, with any client. changes counts the rows that changed it, attempts those
-- in which a call that concerns it was denied or failed, and reads those that read it or its secret.
CREATE OR REPLACE TABLE served.entities AS
WITH handled AS (
    SELECT
        t.entity_type, t.name, t.touched, t.changed, t.tried, t.was_read, c.principal, c.session_id, c.time, c.last_time
    FROM (
        SELECT
            id, entity_type, name, bool_or(touched) AS touched, bool_or(changed) AS changed,
            bool_or(tried) AND NOT bool_or(changed) AS tried, bool_or(was_read) AS was_read
        FROM served.things
        GROUP BY id, entity_type, name
    ) AS t
    JOIN served.console AS c USING (id)
    UNION ALL
    SELECT n.entity_type, n.name, TRUE, bool_or(n.changed), bool_or(tried), bool_or(was_read), principal, session_id, event_time, event_time
    FROM (
        SELECT
            event_id, principal, session_id, event_time,
            COALESCE(outcome IN ('denied', 'failed'), FALSE) AS tried,
            COALESCE(read_only AND outcome = 'succeeded', FALSE) AS was_read,
            unnest(list_distinct(list_transform(entities, lambda n: {
                'entity_type': n.entity_type, 'name': n.name,
                'changed': COALESCE(served.is_change(n.relation, read_only, outcome), FALSE)
            }))) AS n
        FROM event_signals
        WHERE entities IS NOT NULL AND signal_id IS NULL AND class = 'programmatic'
    )
    GROUP BY event_id, n.entity_type, n.name, principal, session_id, event_time
    UNION ALL
    SELECT 'access_key', access_key_id, TRUE, FALSE, FALSE, FALSE, principal, session_id, event_time, event_time
    FROM event_signals
    WHERE signal_id IS NULL AND class = 'programmatic' AND access_key_id IN (
        SELECT unnest(list_transform(list_filter(entities, lambda n: n.entity_type = 'access_key'), lambda n: n.name))
        FROM events
    )
)
SELECT
    entity_type,
    name AS entity_value,
    COALESCE(any_value(r.relations), []) AS relations,
    COALESCE(list_sort(list(DISTINCT principal) FILTER (principal IS NOT NULL)), []) AS principals,
    min(time) AS first_time,
    max(last_time) AS last_time,
    count(*) AS sightings,
    count(*) FILTER (touched OR changed OR tried OR was_read) AS touches,
    count(*) FILTER (changed) AS changes,
    count(*) FILTER (tried) AS attempts,
    count(*) FILTER (was_read) AS reads,
    touches > 0 AS touched,
    count(DISTINCT session_id) AS sessions,
    -- How severe the gravest activity of a session that changed it, tried to, or read it was.
    COALESCE(max(w.weight) FILTER (changed OR tried OR was_read), 0) AS weight
FROM handled
LEFT JOIN (SELECT session_id, weight FROM served.sessions) AS w USING (session_id)
LEFT JOIN served.relations AS r USING (entity_type, name)
WHERE name IS NOT NULL
GROUP BY entity_type, name;

CREATE OR REPLACE TABLE served.coverage AS FROM coverage;
