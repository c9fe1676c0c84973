-- One signal, its rule, and the things on its screen, in one row.
SELECT
    s AS signal,
    CASE WHEN r.rule_id IS NOT NULL THEN r END AS rule,
    COALESCE((
        SELECT list(DISTINCT {'entity_type': entity_type, 'entity_value': entity_value}
            ORDER BY {'entity_type': entity_type, 'entity_value': entity_value})
        FROM signal_entities
        WHERE signal_id = s.signal_id
    ), []) AS entities
FROM signals AS s
LEFT JOIN rules AS r USING (rule_id)
WHERE s.signal_id = $1
