-- The things whose name or type holds $1, of type $2 (of all types if that is empty); if $3 is 'true' only those
-- that were touched, if it is 'changed' only those that were changed.
FROM served.entities
WHERE contains(lower(concat_ws(chr(10), entity_value, entity_type)), lower($1))
    AND $2 IN ('', entity_type)
    AND ($3 = 'false' OR ($3 = 'true' AND touched) OR ($3 = 'changed' AND changes > 0))
