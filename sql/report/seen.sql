-- One row is one kind of thing that was seen and no more: how many, and the first of them.
SELECT
    row_number() OVER (ORDER BY count(*) DESC, entity_type) AS place,
    entity_type,
    count(*) AS things,
    list(entity_value ORDER BY first_time, entity_value)[:40] AS named
FROM (
    SELECT n.entity_type, n.entity_value, min(s.first_time) AS first_time
    FROM signal_entities AS n
    JOIN clicked AS s USING (signal_id)
    GROUP BY n.entity_type, n.entity_value
    HAVING COALESCE(max(s.kind) FILTER (n.relation <> 'seen'), 'view'::signal_kind) < 'change'::signal_kind
) AS things
GROUP BY entity_type
