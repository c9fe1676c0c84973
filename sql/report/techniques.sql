-- One row per ATT&CK technique, with its most important clicks and calls.
WITH shows AS (
    SELECT unnest(attack) AS technique, kind, error_code IS NOT NULL AS failed, first_time AS time, principal, summary,
        signal_id AS id
    FROM clicked
    UNION ALL
    SELECT
        unnest(techniques),
        CASE
            WHEN event_id IN (SELECT event_id FROM standing) THEN 'secret'
            WHEN read_only IS FALSE THEN 'change'
            ELSE 'view'
        END::signal_kind,
        outcome <> 'succeeded', event_time, principal, summary, event_id
    FROM reported
    WHERE signal_id IS NULL AND techniques IS NOT NULL
)
SELECT
    row_number() OVER (ORDER BY max(kind) DESC, count(*) DESC, technique) AS place,
    technique,
    count(*) AS clicks,
    count(*) FILTER (failed) AS failed,
    list(
        {'time': epoch_us(time), 'principal': principal, 'what': summary}
        ORDER BY failed, kind DESC, time, id
    )[:3] AS shown
FROM shows
GROUP BY technique
