-- One row per pattern of several events by a searched session, those with the most resources first.
SELECT
    row_number() OVER (ORDER BY p.pattern, p.resources DESC, p.first_time, p.event_id) AS place,
    p.pattern,
    epoch_us(p.first_time) AS time,
    epoch_us(p.last_time) AS last_time,
    p.principal,
    p.what,
    p.event_id,
    p.resources,
    sum(p.resources) OVER (PARTITION BY p.pattern)::BIGINT AS resources_of_pattern
FROM patterns AS p
SEMI JOIN searched AS x ON x.session_id = p.session_id
WHERE p.last_time >= getvariable('since') AND p.first_time < getvariable('until')
