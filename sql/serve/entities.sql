-- The entities whose name or type contains $1. If $2 is not empty, only entities of type $2. $3 is 'false' for all
-- entities, 'true' for touched entities, 'changed' for changed entities, or the relation of a call to the entity. If $4
-- is not empty, only entities that the principal $4 saw or touched.
FROM served.entities
WHERE contains(lower(concat_ws(chr(10), entity_value, entity_type)), lower($1))
    AND $2 IN ('', entity_type)
    AND CASE $3
        WHEN 'false' THEN TRUE
        WHEN 'true' THEN touched
        WHEN 'changed' THEN changes > 0
        WHEN 'granted' THEN list_contains(relations, 'granted_to')
        ELSE list_contains(relations, $3)
    END
    AND ($4 = '' OR list_contains(principals, $4))
