-- One row per time interval with activity.
-- Variable: bin, the length of an interval in seconds.
SELECT
    epoch_us(bin) AS time,
    COALESCE(sum(looks), 0)::BIGINT AS looks,
    COALESCE(sum(deeds), 0)::BIGINT AS deeds,
    COALESCE(sum(events), 0)::BIGINT AS events
FROM (
    SELECT
        time_bucket(to_seconds(getvariable('bin')), greatest(first_time, getvariable('since'))) AS bin,
        count(*) FILTER (kind < 'command'::signal_kind) AS looks,
        count(*) FILTER (kind >= 'command'::signal_kind) AS deeds,
        0 AS events
    FROM clicked
    GROUP BY bin
    UNION ALL
    SELECT time_bucket(to_seconds(getvariable('bin')), event_time) AS bin, 0, 0, count(*)
    FROM reported
    GROUP BY bin
) AS counts
GROUP BY bin
ORDER BY bin
