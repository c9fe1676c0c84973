-- The objects that a session read from a bucket, according to data events, one row per session and bucket. The most
-- notable session is first. Programs that read all day are last.
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
        d.behind,
        d.event_id,
        x.by_made_credential,
        x.weight,
        epoch_us(d.first_time) AS first_time,
        epoch_us(d.last_time) AS last_time,
        COALESCE(p.ips, []) AS ips,
        sum(d.objects) OVER ()::BIGINT AS all_objects,
        sum(d.bytes_out) OVER ()::BIGINT AS all_bytes
    FROM (
        SELECT d.*, o.event_id
        FROM data_out AS d
        LEFT JOIN (
            SELECT session_id, bucket, arg_min(event_id, (event_time, event_id)) AS event_id
            FROM object_downloads
            GROUP BY session_id, bucket
        ) AS o ON o.session_id = d.session_id AND o.bucket = d.source
    ) AS d
    JOIN session_findings AS x USING (session_id)
    LEFT JOIN (
        SELECT session_id, list(with_summary(address, summary) ORDER BY address) AS ips
        FROM session_addresses
        GROUP BY session_id
    ) AS p USING (session_id)
    WHERE d.how = 'downloaded'
        -- Downloads with a credential also count for the session that created it.
        AND (d.session_id IN (SELECT session_id FROM searched) OR d.behind_session_id IN (SELECT session_id FROM searched))
        AND d.last_time >= getvariable('since') AND d.first_time < getvariable('until')
)
