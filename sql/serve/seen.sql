-- The rows of the timeline where a thing of type $1 and name $2 was seen or touched.
SELECT * EXCLUDE (haystack), COALESCE(kind::signal_kind >= 'change'::signal_kind, FALSE) AS touched
FROM served.console
WHERE id IN (SELECT signal_id FROM signal_entities WHERE entity_type = $1 AND entity_value = $2)
