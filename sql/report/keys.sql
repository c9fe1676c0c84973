-- One row is one access key that was made in what was chosen, and one identity's use of it afterwards, by whatever client.
SELECT
    row_number() OVER (ORDER BY count(*) DESC, m.access_key, e.principal) AS place,
    m.access_key,
    e.principal,
    count(*) AS calls,
    count(*) FILTER (e.outcome IN ('denied', 'failed')) AS failed,
    list_sort(list(DISTINCT e.source_ip)) AS ips,
    list_sort(list(DISTINCT e.event_key)) AS event_keys,
    epoch_us(min(e.event_time)) AS first_time,
    epoch_us(max(e.event_time)) AS last_time
FROM (
    SELECT n.entity_value AS access_key, min(n.event_time) AS made
    FROM event_entities AS n
    SEMI JOIN told USING (event_id)
    SEMI JOIN (FROM event_classes WHERE class = 'credential_made' AND object = 'access_key') USING (event_id)
    WHERE n.entity_type = 'access_key' AND n.relation = 'created' AND n.outcome = 'succeeded'
    GROUP BY n.entity_value
) AS m
JOIN events AS e ON e.access_key_id = m.access_key AND e.event_time >= m.made
GROUP BY m.access_key, e.principal
