-- One row is one thing that a click or a call changed, made or took the secret of (touched), or tried to; seen.sql has the
-- rest.
WITH shown AS (
    SELECT n.entity_type, n.entity_value, n.relation, s.kind, s.error_code IS NULL AS done, s.principal, s.first_time,
        s.last_time, s.signal_id AS id
    FROM signal_entities AS n
    JOIN clicked AS s USING (signal_id)
    UNION ALL
    SELECT
        n.entity_type, COALESCE(n.name, n.entity_value), n.relation,
        CASE
            WHEN n.relation IN ('used', 'source') THEN 'view'
            WHEN secret THEN 'secret'
            WHEN n.relation = 'deleted' THEN 'delete'
            WHEN n.relation = 'created' THEN 'create'
            ELSE 'change'
        END::signal_kind,
        done, principal, event_time, event_time, id
    FROM (
        SELECT
            unnest(t.entities) AS n, t.outcome = 'succeeded' AS done, t.principal, t.event_time,
            COALESCE(t.signal_id, t.event_id) AS id,
            t.event_id IN (SELECT event_id FROM standing WHERE aspect IN ('secret_read', 'credential_made')) AS secret
        FROM told AS t
        WHERE t.entities IS NOT NULL
            AND (t.signal_id IS NULL AND t.read_only IS FALSE OR t.event_id IN (SELECT event_id FROM standing))
    )
)
SELECT
    row_number() OVER (
        ORDER BY touched DESC, furthest DESC, entity_type, first_time, entity_value
    ) AS place,
    touched,
    entity_type,
    entity_value,
    furthest::VARCHAR AS furthest,
    sightings,
    principals,
    epoch_us(first_time) AS first_time,
    epoch_us(last_time) AS last_time
FROM (
    SELECT
        entity_type,
        entity_value,
        bool_or(kind >= 'change'::signal_kind AND relation <> 'seen' AND done) AS touched,
        max(kind) FILTER (relation <> 'seen' OR kind < 'change'::signal_kind) AS furthest,
        count(DISTINCT id) AS sightings,
        list_sort(list(DISTINCT principal)) AS principals,
        min(first_time) AS first_time,
        max(last_time) AS last_time
    FROM shown
    GROUP BY entity_type, entity_value
    HAVING furthest >= 'change'::signal_kind
) AS things
