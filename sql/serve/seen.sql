-- The history of the requested entity: the timeline rows that show or name it, and the relation of each row to the entity:
-- seen, read, changed, tried (denied or failed), created, deleted, granted_to, used or source. A console page reads what it shows, so its reads count
-- as views of an entity.
CREATE OR REPLACE TEMP TABLE history AS
WITH found AS MATERIALIZED (
    SELECT
        n, time, last_time, entry, class, session_id, account_id, principal, region, kind, service, title, summary, confidence,
        origin, events, id, url, error_code, source_ip, attack, mfa, denied, touched
    FROM served.entries
    WHERE wanted
),
named AS MATERIALIZED (
    SELECT f.n, f.entry, e.read_only, e.outcome, e.access_key_id, e.entities
    FROM found AS f
    JOIN event_signal AS es ON es.signal_id = f.id
    JOIN events AS e ON e.event_id = es.event_id
    UNION ALL
    SELECT f.n, f.entry, e.read_only, e.outcome, e.access_key_id, e.entities
    FROM found AS f
    JOIN events AS e ON e.event_id = f.id
),
related AS (
    SELECT
        n,
        CASE
            WHEN read_only AND entry = 'signal' THEN 'seen'
            WHEN NOT read_only AND outcome IN ('denied', 'failed') AND thing.relation IN ('target', 'created', 'deleted', 'granted_to')
                THEN 'tried'
            WHEN thing.relation <> 'target' THEN thing.relation
            WHEN read_only THEN 'read'
            ELSE 'changed'
        END AS relation
    FROM (SELECT n, entry, read_only, outcome, unnest(entities) AS thing FROM named)
    WHERE thing.entity_type = getvariable('asked').entity_type
        AND getvariable('asked').entity IN (thing.name, thing.entity_value)
    UNION ALL
    SELECT n, 'used'
    FROM named
    WHERE getvariable('asked').entity_type = 'access_key' AND access_key_id = getvariable('asked').entity
),
gathered AS (
    SELECT n, list_sort(list(DISTINCT relation)) AS relations FROM related GROUP BY n
)
SELECT
    f.*,
    CASE
        WHEN r.relations IS NULL THEN [CASE WHEN f.touched THEN 'changed' ELSE 'seen' END]
        -- Entities with another relation were also seen.
        WHEN len(r.relations) > 1 THEN list_filter(r.relations, lambda name: name <> 'seen')
        ELSE r.relations
    END AS relations
FROM found AS f
LEFT JOIN gathered AS r USING (n);
