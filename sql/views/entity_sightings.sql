-- The resources that a principal saw or touched in the console, one row for each principal and resource.
-- @order first_time, entity_type, entity_value, principal
-- @tables sessions signal_entities
-- @column first_time Time at which the principal first saw it (UTC)
-- @column last_time Time at which the principal last saw it (UTC)
-- @column sightings Number of signals that show it
-- @column changes Number of these that changed, created or deleted it, or read its secret
-- @column touched Whether there are any such signals
-- @column furthest Most severe kind of signal that shows it
-- @column sessions Number of sessions in which it was seen
-- @column signal_id The first signal that shows it: signals.signal_id
CREATE OR REPLACE VIEW entity_sightings AS
SELECT
    x.account_id,
    x.principal,
    n.entity_type,
    n.entity_value,
    min(s.first_time) AS first_time,
    max(s.last_time) AS last_time,
    count(DISTINCT signal_id) AS sightings,
    count(DISTINCT signal_id) FILTER (s.kind >= 'change'::signal_kind AND n.relation <> 'seen') AS changes,
    changes > 0 AS touched,
    max(s.kind) AS furthest,
    count(DISTINCT session_id) AS sessions,
    arg_min(signal_id, (s.first_time, signal_id)) AS signal_id
FROM signal_entities AS n
JOIN signals AS s USING (signal_id)
JOIN sessions AS x USING (session_id)
GROUP BY x.account_id, x.principal, n.entity_type, n.entity_value;
