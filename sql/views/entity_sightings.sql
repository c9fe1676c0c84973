-- One row is one thing that one identity saw or touched in the console: a user, a bucket, an access key.
-- @order first_time, entity_type, entity_value, principal
-- @tables sessions signal_entities
-- @column first_time When the identity first had it on a screen, UTC
-- @column last_time When it last had, UTC
-- @column sightings How many signals show it
-- @column changes How many of them changed, created or deleted it, or took its secret
-- @column touched Whether any of them did
-- @column furthest The most severe kind of signal that shows it
-- @column sessions How many sessions it was seen in
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
