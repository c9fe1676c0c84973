-- Resources that a principal saw or touched in the console, one row per principal and resource.
-- @order first_time, entity_type, entity_value, principal
-- @tables sessions signal_entities
-- @column first_time Time at which the principal first saw the resource (UTC)
-- @column last_time Time at which the principal last saw the resource (UTC)
-- @column sightings Number of signals that show the resource
-- @column changes Number of signals that changed, created or deleted the resource, or set its secret
-- @column attempts Number of signals in which a call that concerns the resource was denied or failed
-- @column reads Number of signals that read the resource's secret
-- @column touched Whether any signal changed, created or deleted the resource, or read its secret
-- @column furthest Most severe kind of signal that shows the resource
-- @column sessions Number of sessions in which the resource was seen
-- @column signal_id The first signal that shows the resource: signals.signal_id
CREATE OR REPLACE VIEW entity_sightings AS
SELECT
    x.account_id,
    x.principal,
    n.entity_type,
    n.entity_value,
    min(n.first_time) AS first_time,
    max(n.last_time) AS last_time,
    count(DISTINCT signal_id) AS sightings,
    count(DISTINCT signal_id) FILTER (n.is_aim AND e.outcome = 'succeeded' AND e.read_only IS NOT TRUE) AS changes,
    count(DISTINCT signal_id) FILTER (n.is_aim AND e.outcome IN ('denied', 'failed')) AS attempts,
    count(DISTINCT signal_id) FILTER (n.is_aim AND e.outcome = 'succeeded' AND e.read_only) AS reads,
    changes + reads > 0 AS touched,
    max(n.kind) AS furthest,
    count(DISTINCT session_id) AS sessions,
    arg_min(signal_id, (n.first_time, signal_id)) AS signal_id
FROM (
    SELECT
        n.*, s.session_id, s.first_time, s.last_time, s.kind,
        s.kind >= 'command'::signal_kind AND n.relation <> 'seen' AS is_aim
    FROM signal_entities AS n
    JOIN signals AS s USING (signal_id)
) AS n
JOIN sessions AS x USING (session_id)
LEFT JOIN events AS e ON e.event_id = n.event_id
GROUP BY x.account_id, x.principal, n.entity_type, n.entity_value;
