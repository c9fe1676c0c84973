-- One row per ATT&CK technique that clicks, calls or saved Sigma hits show. Variables: wanted_principals (a list; empty
-- for all principals) and replaced_techniques (a map from old IDs to new ones).
WITH shown AS (
    SELECT
        unnest(s.attack) AS technique, s.signal_id AS id, s.principal, s.first_time AS time,
        COALESCE(a.outcome <> 'succeeded', FALSE) AS failed, NULL AS rule
    FROM signals AS s
    LEFT JOIN events AS a ON a.event_id = s.anchor_event_id
    WHERE s.kind <> 'background'
    UNION ALL
    SELECT unnest(e.techniques), e.event_id, e.principal, e.event_time, COALESCE(e.outcome <> 'succeeded', FALSE), NULL
    FROM events AS e
    LEFT JOIN event_signal AS es USING (event_id)
    WHERE es.signal_id IS NULL AND e.techniques IS NOT NULL
    UNION ALL
    SELECT
        upper(regexp_extract(tag, '^attack\.(t\d{4}(\.\d{3})?)$', 1)), COALESCE(signal_id, event_id), principal, event_time,
        COALESCE(outcome <> 'succeeded', FALSE), title
    FROM (SELECT *, unnest(list_transform(tags, lambda tag: lower(tag))) AS tag FROM sigma_hits)
),
-- Older Sigma rules name techniques that ATT&CK replaced.
renamed AS (
    SELECT * REPLACE (COALESCE(getvariable('replaced_techniques')[technique], technique) AS technique) FROM shown
)
SELECT
    technique,
    count(DISTINCT id) AS clicks,
    count(DISTINCT id) FILTER (failed) AS failed,
    epoch_us(min(time)) AS first_time,
    epoch_us(max(time)) AS last_time,
    list_sort(list(DISTINCT principal) FILTER (principal IS NOT NULL)) AS principals,
    list_sort(list(DISTINCT rule) FILTER (rule IS NOT NULL)) AS rules
FROM renamed
WHERE regexp_full_match(technique, 'T\d{4}(\.\d{3})?')
    AND (len(getvariable('wanted_principals')) = 0 OR list_contains(getvariable('wanted_principals'), principal))
GROUP BY technique
ORDER BY technique
