-- What the case does not cover, as far as its events show. One row per gap and account.
-- 'region': the account has no events in a region, although other accounts have events there or its own events name
-- resources there.
-- 'hours': full hours without any events in the account, between its first and last event (by region: silent_hours).
-- 'data events': a bucket, function or table that is named in management events but not in any data event.
-- 'category': no events in a category. 'logging': the time from a successful call that stopped or deleted a trail to the
-- next call that started or created it. 'partial records': records without a version, as in the event history and in
-- trimmed exports.
-- 'not loaded': records that could not be read, or that a filter excluded when the case was loaded.
-- A gap is a fact about the case. It does not show whether anything happened during the gap, or whether such activity was
-- recorded elsewhere.
-- @order first_time, gap, account_id, region, name
-- @tables events
-- @column gap 'region', 'hours', 'data events', 'category', 'logging', 'partial records' or 'not loaded'
-- @column account_id The account. NULL for records that were not loaded
-- @column region The region. NULL if the gap does not involve a region
-- @column name The bucket, function, table, trail, category or file. NULL for 'region' and 'hours'
-- @column first_time Start of the gap (UTC). NULL if the case does not show it
-- @column last_time End of the gap (UTC). NULL if the case does not show it
-- @column events Number of events: for 'region' and 'data events', events that name the region or the resource; for 'logging', the account's events in the full hours of the gap; for 'partial records', the partial records
-- @column event_id For 'logging', the event that starts the gap: events.event_id
-- @column summary The gap in one sentence
CREATE OR REPLACE VIEW trail_gaps AS
WITH
place AS MATERIALIZED (
    SELECT account_id, region, date_trunc('hour', event_time) AS hour, event_category,
        min(event_time) AS first_time, max(event_time) AS last_time, count(*) AS events
    FROM events
    WHERE account_id IS NOT NULL
    GROUP BY ALL
),
account AS (
    SELECT account_id, min(first_time) AS first_time, max(last_time) AS last_time FROM place GROUP BY account_id
),
named AS MATERIALIZED (
    SELECT account_id, event_category, entity_type, name, named_region, count(*) AS events
    FROM (
        SELECT
            account_id, event_category, n.entity_type, n.name,
            CASE WHEN starts_with(n.entity_value, 'arn:') AND split_part(n.entity_value, ':', 5) = account_id
                THEN NULLIF(split_part(n.entity_value, ':', 4), '') END AS named_region
        FROM (
            SELECT account_id, event_category, unnest(entities) AS n
            FROM events
            WHERE entities IS NOT NULL AND account_id IS NOT NULL AND outcome = 'succeeded'
        )
    )
    WHERE entity_type IN ('bucket', 'function', 'table') OR named_region IS NOT NULL
    GROUP BY ALL
),
regions AS (
    SELECT account_id, region FROM place WHERE region IS NOT NULL GROUP BY ALL
),
missing AS (
    SELECT account_id, region, sum(other_accounts)::BIGINT AS other_accounts, sum(events)::BIGINT AS events
    FROM (
        SELECT a.account_id, r.region, count(*) AS other_accounts, 0 AS events
        FROM account AS a
        JOIN regions AS r ON r.account_id <> a.account_id
        GROUP BY ALL
        UNION ALL
        SELECT account_id, named_region, 0, sum(events) FROM named WHERE named_region IS NOT NULL GROUP BY ALL
    )
    GROUP BY ALL
),
hours AS (
    SELECT
        account_id, hour + INTERVAL 1 HOUR AS first_time, lead(hour) OVER following AS last_time
    FROM (SELECT DISTINCT account_id, hour FROM place)
    WINDOW following AS (PARTITION BY account_id ORDER BY hour)
),
trail_events AS (
    SELECT
        event_time, event_id, account_id, principal, n.name,
        summary,
        n.relation = 'created'
            OR list_contains(list_transform(classes, lambda c: c.class), 'reversal') AS starts,
        len(list_filter(
            classes, lambda c: c.class = 'defense_impairment' AND c.object = 'trail' AND c.effect IN ('stopped', 'deleted')
        )) > 0 AS stops
    FROM (
        -- Separate branches, so that each scan skips the vectors without such events.
        SELECT *, unnest(entities) AS n
        FROM events
        WHERE classes IS NOT NULL AND event_source NOT LIKE 'cloudtrail.%' AND outcome = 'succeeded'
            AND list_contains(list_transform(entities, lambda n: n.entity_type), 'trail')
        UNION ALL
        SELECT *, unnest(entities) AS n
        FROM events
        WHERE event_source LIKE 'cloudtrail.%' AND outcome = 'succeeded'
            AND list_contains(list_transform(entities, lambda n: n.entity_type), 'trail')
    )
    WHERE n.entity_type = 'trail' AND n.relation IN ('created', 'deleted', 'target')
),
stopped AS (
    SELECT
        s.event_time, s.event_id, s.account_id, s.name, s.summary,
        min(r.event_time) AS started_at
    FROM trail_events AS s
    LEFT JOIN trail_events AS r
        ON r.account_id = s.account_id AND r.name = s.name AND r.starts AND r.event_time > s.event_time
    WHERE s.stops
    GROUP BY ALL
)
SELECT
    'region' AS gap,
    m.account_id,
    m.region,
    NULL AS name,
    NULL::TIMESTAMP AS first_time,
    NULL::TIMESTAMP AS last_time,
    m.events,
    NULL AS event_id,
    concat(
        'Account ', m.account_id, ' has no events in ', m.region, '; ',
        concat_ws(
            ', and ',
            CASE m.other_accounts WHEN 0 THEN NULL WHEN 1 THEN '1 other account has events there'
                ELSE m.other_accounts || ' other accounts have events there' END,
            CASE m.events WHEN 0 THEN NULL WHEN 1 THEN '1 of its events names a resource there'
                ELSE m.events || ' of its events name resources there' END
        )
    ) AS summary
FROM missing AS m
ANTI JOIN regions AS r ON r.account_id = m.account_id AND r.region = m.region
UNION ALL
SELECT
    'hours', account_id, NULL, NULL, first_time, last_time, 0, NULL,
    concat(
        'Account ', account_id, ' has no events for ', date_diff('hour', first_time, last_time),
        CASE date_diff('hour', first_time, last_time) WHEN 1 THEN ' hour' ELSE ' hours' END, ', until ',
        strftime(last_time, '%Y-%m-%d %H:%M'), ' UTC'
    )
FROM hours
WHERE last_time > first_time
UNION ALL
SELECT
    'data events', n.account_id, NULL, n.name, NULL, NULL, sum(n.events)::BIGINT, NULL,
    concat(
        'No data events for ', n.entity_type, ' ', n.name, '; ', sum(n.events)::BIGINT,
        CASE sum(n.events) WHEN 1 THEN ' management event names it' ELSE ' management events name it' END
    )
FROM named AS n
ANTI JOIN (SELECT entity_type, name FROM named WHERE event_category = 'Data') AS d
    ON d.entity_type = n.entity_type AND d.name = n.name
WHERE n.entity_type IN ('bucket', 'function', 'table') AND n.event_category IS DISTINCT FROM 'Data'
GROUP BY n.account_id, n.entity_type, n.name
UNION ALL
SELECT
    'category', a.account_id, NULL, c.category, a.first_time, a.last_time, 0, NULL,
    concat('Account ', a.account_id, ' has no ', c.words)
FROM account AS a
CROSS JOIN (
    VALUES ('Data', 'data events'), ('NetworkActivity', 'network activity events'), ('Insight', 'CloudTrail Insights events')
) AS c(category, words)
ANTI JOIN place AS p ON p.account_id = a.account_id AND p.event_category = c.category
UNION ALL
SELECT
    'logging', s.account_id, NULL, s.name, s.event_time, s.started_at,
    (
        SELECT COALESCE(sum(p.events), 0)::BIGINT
        FROM place AS p
        WHERE p.account_id = s.account_id AND p.hour >= s.event_time
            AND p.hour + INTERVAL 1 HOUR <= COALESCE(s.started_at, 'infinity'::TIMESTAMP)
    ),
    s.event_id,
    concat(
        s.summary, ' at ', strftime(s.event_time, '%Y-%m-%d %H:%M:%S'), ' UTC; ',
        COALESCE('it was started or created again at ' || strftime(s.started_at, '%Y-%m-%d %H:%M:%S') || ' UTC',
            'it was not started or created again in the case')
    )
FROM stopped AS s
UNION ALL
SELECT
    'partial records', account_id, NULL, source_file, min(event_time), max(event_time), count(*), NULL,
    concat(
        count(*), CASE count(*) WHEN 1 THEN ' event from ' ELSE ' events from ' END, source_file,
        CASE count(*) WHEN 1 THEN ' has' ELSE ' have' END,
        ' no record version; the event history and trimmed exports omit parts of a record'
    )
FROM events
WHERE event_version IS NULL
GROUP BY account_id, source_file
UNION ALL
SELECT
    'not loaded', NULL, NULL, file, NULL, NULL, 0, NULL,
    concat(
        file, ': ',
        concat_ws(
            ', ',
            CASE WHEN rejected > 0 THEN rejected || ' rejected' END,
            CASE WHEN left_out > 0 THEN left_out || ' left out by a filter' END,
            CASE WHEN left_out = 0 AND filter IS NOT NULL AND sha256 IS NULL THEN 'not read because of a filter' END,
            CASE WHEN refused IS NOT NULL THEN 'not read: ' || refused END
        )
    )
FROM load_files
WHERE rejected > 0 OR left_out > 0 OR filter IS NOT NULL OR refused IS NOT NULL;
