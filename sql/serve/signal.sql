-- One signal with its rule, the entities shown on its page, and its events grouped by call, in one row.
SELECT
    s AS signal,
    CASE WHEN r.rule_id IS NOT NULL THEN r END AS rule,
    COALESCE((
        SELECT list(DISTINCT {'entity_type': entity_type, 'entity_value': entity_value}
            ORDER BY {'entity_type': entity_type, 'entity_value': entity_value})
        FROM signal_entities
        WHERE signal_id = s.signal_id
    ), []) AS entities,
    COALESCE((
        SELECT list(c ORDER BY c.first_time, c.event_key)
        FROM (
            SELECT
                event_key,
                count(*) AS events,
                min(event_time) AS first_time,
                bool_or(read_only IS FALSE) AS writes,
                count(error_code) AS failed,
                list_sort(list(DISTINCT error_code) FILTER (error_code IS NOT NULL)) AS errors,
                list_sort(list(DISTINCT role)) AS roles
            FROM signal_events
            WHERE signal_id = s.signal_id
            GROUP BY event_key
        ) AS c
    ), []) AS calls
FROM signals AS s
LEFT JOIN rules AS r USING (rule_id)
WHERE s.signal_id = $1
