-- One row is one identity's reads of the objects of one place, as data events say. What programs read all day is told
-- last: place 1 is the gravest session's.
SELECT
    row_number() OVER (ORDER BY by_made_credential DESC, weight DESC, bytes_out DESC NULLS LAST, events DESC, first_time) AS place,
    *
FROM (
    SELECT
        d.principal,
        d.source,
        d.objects,
        d.bytes_out,
        d.events,
        x.by_made_credential,
        x.weight,
        epoch_us(d.first_time) AS first_time,
        epoch_us(d.last_time) AS last_time,
        COALESCE(p.ips, []) AS ips,
        sum(d.objects) OVER ()::BIGINT AS all_objects,
        sum(d.bytes_out) OVER ()::BIGINT AS all_bytes
    FROM data_out AS d
    JOIN searched AS x USING (session_id)
    LEFT JOIN (
        SELECT session_id, list(with_summary(address, summary) ORDER BY address) AS ips
        FROM session_addresses
        GROUP BY session_id
    ) AS p USING (session_id)
    WHERE d.how = 'downloaded'
        AND d.last_time >= getvariable('since') AND d.first_time < getvariable('until')
)
