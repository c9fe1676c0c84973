-- Which values the rows that are asked for have, and how often: each counted as if nothing were asked of it itself. The
-- 300 most frequent values of each. What was denied is counted among what failed, too.
WITH shown AS MATERIALIZED (
    SELECT
        service, kind, attack, region, principal, class, outcome, denied, notable, ips, keys, calls, agents, reasons,
        entity_types,
        of_service, of_kind, of_technique, of_region, of_principal, of_ip, of_key, of_call,
        of_agent, of_reason, of_class, of_outcome, of_notable, of_entity,
        -- How many of the things that are asked for the row does not meet.
        (NOT COALESCE(of_service, FALSE))::UTINYINT
            + (NOT COALESCE(of_kind, FALSE))::UTINYINT
            + (NOT COALESCE(of_technique, FALSE))::UTINYINT
            + (NOT COALESCE(of_region, FALSE))::UTINYINT
            + (NOT COALESCE(of_principal, FALSE))::UTINYINT
            + (NOT COALESCE(of_ip, FALSE))::UTINYINT
            + (NOT COALESCE(of_key, FALSE))::UTINYINT
            + (NOT COALESCE(of_call, FALSE))::UTINYINT
            + (NOT COALESCE(of_agent, FALSE))::UTINYINT
            + (NOT COALESCE(of_reason, FALSE))::UTINYINT
            + (NOT COALESCE(of_class, FALSE))::UTINYINT
            + (NOT COALESCE(of_outcome, FALSE))::UTINYINT
            + (NOT COALESCE(of_notable, FALSE))::UTINYINT
            + (NOT COALESCE(of_entity, FALSE))::UTINYINT AS misses
    FROM served.entries
    WHERE of_session AND of_rest
),
counted AS (
    SELECT 'services' AS facet, service AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_service, FALSE))
    UNION ALL
    SELECT 'kinds' AS facet, kind AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_kind, FALSE))
    UNION ALL
    SELECT 'regions' AS facet, region AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_region, FALSE))
    UNION ALL
    SELECT 'principals' AS facet, principal AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_principal, FALSE))
    UNION ALL
    SELECT 'classes' AS facet, class AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_class, FALSE))
    UNION ALL
    SELECT 'notable' AS facet, notable::VARCHAR AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_notable, FALSE))
    UNION ALL
    SELECT 'outcomes' AS facet, unnest(CASE WHEN denied THEN [outcome, 'denied'] ELSE [outcome] END) AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_outcome, FALSE))
    UNION ALL
    SELECT 'techniques' AS facet, unnest(attack) AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_technique, FALSE))
    UNION ALL
    SELECT 'addresses' AS facet, unnest(ips) AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_ip, FALSE))
    UNION ALL
    SELECT 'keys' AS facet, unnest(keys) AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_key, FALSE))
    UNION ALL
    SELECT 'calls' AS facet, unnest(calls) AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_call, FALSE))
    UNION ALL
    SELECT 'agents' AS facet, unnest(agents) AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_agent, FALSE))
    UNION ALL
    SELECT 'reasons' AS facet, unnest(reasons) AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_reason, FALSE))
    UNION ALL
    SELECT 'entity_types' AS facet, unnest(list_distinct(entity_types)) AS value
    FROM shown
    WHERE misses = 0 OR (misses = 1 AND NOT COALESCE(of_entity, FALSE))
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
    GROUP BY facet
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
    COALESCE(any_value(counts) FILTER (facet = 'reasons'), []) AS reasons,
    COALESCE(any_value(counts) FILTER (facet = 'entity_types'), []) AS entity_types
FROM listed
