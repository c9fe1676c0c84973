-- The rows of the timeline where a thing of type $1 and name $2 was seen or touched.
SELECT
    * EXCLUDE (entity_types, entity_values, entities, haystack),
    COALESCE(kind::signal_kind >= 'change'::signal_kind, FALSE) AS touched
FROM served.console
WHERE list_contains(entities, $1 || chr(31) || $2)
