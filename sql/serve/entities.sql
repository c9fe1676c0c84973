-- The things whose name or type holds $1, of type $2 (of all types if that is empty), and if $3 is 'true' only those
-- that were touched.
FROM served.entities
WHERE contains(lower(concat_ws(chr(10), entity_value, entity_type)), lower($1))
    AND $2 IN ('', entity_type)
    AND ($3 <> 'true' OR touched)
