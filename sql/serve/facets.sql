-- The values in matching rows and their counts. Each facet is counted without its own filter and lists its 300 most
-- frequent values. Denied rows are also counted as failed, and rows of programs that stand out also as found. For reasons, done and tried count the events that stand out.
WITH shown AS MATERIALIZED (
    SELECT
        n, service, kind, attack, region, principal, class, found, outcome, denied, notable, ips, keys, calls, agents, reasons,
        entity_types
    FROM served.entries
    WHERE wanted
),
-- The rows that match all facets except one. Without a filter, DuckDB recognizes that there are none.
missed AS (FROM served.entries WHERE of_session AND of_rest AND misses = 1),
counted AS (
    SELECT 'services' AS facet, service AS value FROM shown
    UNION ALL
    SELECT 'services', service FROM missed WHERE NOT COALESCE(of_service, FALSE)
    UNION ALL
    SELECT 'kinds' AS facet, kind AS value FROM shown
    UNION ALL
    SELECT 'kinds', kind FROM missed WHERE NOT COALESCE(of_kind, FALSE)
    UNION ALL
    SELECT 'regions' AS facet, region AS value FROM shown
    UNION ALL
    SELECT 'regions', region FROM missed WHERE NOT COALESCE(of_region, FALSE)
    UNION ALL
    SELECT 'principals' AS facet, principal AS value FROM shown
    UNION ALL
    SELECT 'principals', principal FROM missed WHERE NOT COALESCE(of_principal, FALSE)
    UNION ALL
    SELECT 'classes' AS facet, unnest(served.classes_of(class, found)) AS value FROM shown
    UNION ALL
    SELECT 'classes', unnest(served.classes_of(class, found)) FROM missed WHERE NOT COALESCE(of_class, FALSE)
    UNION ALL
    SELECT 'notable' AS facet, notable::VARCHAR AS value FROM shown
    UNION ALL
    SELECT 'notable', notable::VARCHAR FROM missed WHERE NOT COALESCE(of_notable, FALSE)
    UNION ALL
    SELECT 'outcomes' AS facet, unnest(CASE WHEN denied THEN [outcome, 'denied'] ELSE [outcome] END) AS value FROM shown
    UNION ALL
    SELECT 'outcomes', unnest(CASE WHEN denied THEN [outcome, 'denied'] ELSE [outcome] END) FROM missed WHERE NOT COALESCE(of_outcome, FALSE)
    UNION ALL
    SELECT 'techniques' AS facet, unnest(attack) AS value FROM shown
    UNION ALL
    SELECT 'techniques', unnest(attack) FROM missed WHERE NOT COALESCE(of_technique, FALSE)
    UNION ALL
    SELECT 'addresses' AS facet, unnest(ips) AS value FROM shown
    UNION ALL
    SELECT 'addresses', unnest(ips) FROM missed WHERE NOT COALESCE(of_ip, FALSE)
    UNION ALL
    SELECT 'keys' AS facet, unnest(keys) AS value FROM shown
    UNION ALL
    SELECT 'keys', unnest(keys) FROM missed WHERE NOT COALESCE(of_key, FALSE)
    UNION ALL
    SELECT 'calls' AS facet, unnest(calls) AS value FROM shown
    UNION ALL
    SELECT 'calls', unnest(calls) FROM missed WHERE NOT COALESCE(of_call, FALSE)
    UNION ALL
    SELECT 'agents' AS facet, unnest(agents) AS value FROM shown
    UNION ALL
    SELECT 'agents', unnest(agents) FROM missed WHERE NOT COALESCE(of_agent, FALSE)
    UNION ALL
    SELECT 'reasons' AS facet, unnest(reasons) AS value FROM shown
    UNION ALL
    SELECT 'reasons', unnest(reasons) FROM missed WHERE NOT COALESCE(of_reason, FALSE)
    UNION ALL
    SELECT 'entity_types' AS facet, unnest(list_distinct(entity_types)) AS value FROM shown
    UNION ALL
    SELECT 'entity_types', unnest(list_distinct(entity_types)) FROM missed WHERE NOT COALESCE(of_entity, FALSE)
),
ranked AS (
    SELECT facet, value, count(*) AS count
    FROM counted
    WHERE value IS NOT NULL
    GROUP BY facet, value
    QUALIFY row_number() OVER (PARTITION BY facet ORDER BY count DESC, value) <= 300
),
listed AS (
    SELECT facet, list({'value': value, 'count': count} ORDER BY count DESC, value) AS counts
    FROM ranked
    WHERE facet <> 'reasons'
    GROUP BY facet
),
found_events AS (
    SELECT reason AS value, sum(done)::BIGINT AS done, sum(tried)::BIGINT AS tried
    FROM served.row_findings
    SEMI JOIN (
        SELECT n FROM shown
        UNION ALL
        SELECT n FROM missed WHERE NOT COALESCE(of_reason, FALSE)
    ) USING (n)
    GROUP BY reason
)
SELECT
    COALESCE(any_value(counts) FILTER (facet = 'services'), []) AS services,
    COALESCE(any_value(counts) FILTER (facet = 'kinds'), []) AS kinds,
    COALESCE(any_value(counts) FILTER (facet = 'regions'), []) AS regions,
    COALESCE(any_value(counts) FILTER (facet = 'principals'), []) AS principals,
    COALESCE(any_value(counts) FILTER (facet = 'classes'), []) AS classes,
    COALESCE(any_value(counts) FILTER (facet = 'notable'), []) AS notable,
    COALESCE(any_value(counts) FILTER (facet = 'outcomes'), []) AS outcomes,
    COALESCE(any_value(counts) FILTER (facet = 'techniques'), []) AS techniques,
    COALESCE(any_value(counts) FILTER (facet = 'addresses'), []) AS addresses,
    COALESCE(any_value(counts) FILTER (facet = 'keys'), []) AS keys,
    COALESCE(any_value(counts) FILTER (facet = 'calls'), []) AS calls,
    COALESCE(any_value(counts) FILTER (facet = 'agents'), []) AS agents,
    COALESCE((
        SELECT list({'value': value, 'count': count, 'done': done, 'tried': tried} ORDER BY count DESC, value)
        FROM ranked
        LEFT JOIN found_events USING (value)
        WHERE facet = 'reasons'
    ), []) AS reasons,
    COALESCE(any_value(counts) FILTER (facet = 'entity_types'), []) AS entity_types,
    -- Rows outside the console in the whole case: all, and those that stand out.
    [
        {'value': 'all', 'count': (SELECT count(*) FROM served.places) - (SELECT count(*) FROM served.console)},
        {'value': 'found', 'count': (
            SELECT count(DISTINCT n) FROM served.row_findings ANTI JOIN served.console USING (n)
        )}
    ] AS programs
FROM listed
