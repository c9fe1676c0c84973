-- The entities whose name or type contains $1, of type $2 (all types if empty); if $3 is 'true', only those that were
-- touched, if 'changed', only those that were changed, otherwise those with a call of the relation $3; only those that the
-- principal $4 saw or touched, unless empty.
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
