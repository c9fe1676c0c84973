-- The first use of an instance's or function's credentials from a network other than their known networks, one row per
-- principal and network.
-- The known network of an instance is the network of its first event in the case. The known networks of a function are
-- those of events with AWS Lambda in the user agent or the record. Calls through VPC endpoints are ignored, and so are
-- private addresses, unless an identity that is neither an instance nor a function also used the address. An instance
-- whose public address has changed is also listed.
-- @order event_time, event_id
-- @tables events sessions
-- @column machine_type instance or function
-- @column machine ID of the instance, or name of the role session
-- @column network The network that the credentials were used from
-- @column known_networks Known networks of the credentials, sorted
-- @column known_since Time of the first event from a known network (UTC)
-- @column events Number of events from the new network
-- @column source_ip Address of the first event from the new network
-- @column shared_with Other identities that used this address and are neither instances nor functions, those with the most events first. Empty if there are none
-- @column summary Description of the first event from the new network in one sentence
-- @column event_id The first event from the new network: events.event_id
CREATE OR REPLACE VIEW moved_credentials AS
WITH
-- Who called from where, in one pass over the events: the rest reads only these rows.
caller AS MATERIALIZED (
    SELECT
        account_id, principal, source_ip, network, vpc_endpoint_id IS NULL AS is_public,
        min(event_time) AS first_time,
        count(*) AS events,
        COALESCE(bool_or(contains(user_agent, 'exec-env/AWS_Lambda') OR contains(in_scope_of, ':lambda:')), FALSE) AS is_lambda
    FROM events
    WHERE network IS NOT NULL AND invoked_by IS NULL AND principal IS NOT NULL
    GROUP BY ALL
),
machine AS MATERIALIZED (
    SELECT
        account_id, principal,
        CASE WHEN regexp_matches(principal, '/i-[0-9a-f]{8,17}$') THEN 'instance' ELSE 'function' END AS machine_type
    FROM (
        SELECT account_id, principal
        FROM sessions
        WHERE identity_type = 'AssumedRole'
            AND (
                regexp_matches(principal, '/i-[0-9a-f]{8,17}$')
                OR len(list_filter(user_agents, lambda agent: contains(agent, 'exec-env/AWS_Lambda'))) > 0
            )
        UNION ALL
        SELECT account_id, principal FROM events WHERE contains(in_scope_of, ':lambda:') AND identity_type = 'AssumedRole'
    )
    GROUP BY account_id, principal, machine_type
),
-- The identities of people and other programs, by address.
other AS (
    SELECT source_ip, list(principal ORDER BY events DESC, principal) AS principals
    FROM (
        SELECT c.source_ip, c.principal, sum(c.events) AS events
        FROM caller AS c
        ANTI JOIN machine AS m ON m.account_id IS NOT DISTINCT FROM c.account_id AND m.principal = c.principal
        GROUP BY c.source_ip, c.principal
    )
    GROUP BY source_ip
),
used AS (
    SELECT
        c.account_id,
        c.principal,
        c.network,
        m.machine_type,
        min(c.first_time) AS first_time,
        sum(c.events)::BIGINT AS events,
        bool_or(c.is_lambda) AS is_lambda
    FROM caller AS c
    JOIN machine AS m ON m.account_id IS NOT DISTINCT FROM c.account_id AND m.principal = c.principal
    WHERE c.is_public
        AND (
            c.source_ip IN (SELECT source_ip FROM other)
            OR NOT regexp_matches(c.source_ip, '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|169\.254\.|127\.|f[cd]|fe80:)')
        )
    GROUP BY c.account_id, c.principal, c.network, m.machine_type
),
known AS (
    SELECT
        *,
        CASE machine_type
            WHEN 'instance' THEN first_time = min(first_time) OVER machine
            ELSE is_lambda
        END AS is_known
    FROM used
    WINDOW machine AS (PARTITION BY account_id, principal)
),
moved AS (
    SELECT
        k.account_id, k.principal, k.network, any_value(k.machine_type) AS machine_type, any_value(k.first_time) AS first_time,
        any_value(k.events) AS events, list_sort(list(h.network)) AS known_networks, min(h.first_time) AS known_since
    FROM known AS k
    JOIN known AS h
        ON h.account_id IS NOT DISTINCT FROM k.account_id AND h.principal = k.principal AND h.is_known
        AND h.first_time <= k.first_time
    WHERE NOT k.is_known
    GROUP BY k.account_id, k.principal, k.network
)
SELECT
    m.first_time AS event_time,
    m.account_id,
    m.principal,
    any_value(m.machine_type) AS machine_type,
    split_part(m.principal, '/', 2) AS machine,
    m.network,
    any_value(m.known_networks) AS known_networks,
    any_value(m.known_since) AS known_since,
    any_value(m.events) AS events,
    arg_min(e.source_ip, e.event_id) AS source_ip,
    arg_min(COALESCE(o.principals, []), e.event_id) AS shared_with,
    arg_min(e.summary, e.event_id) AS summary,
    min(e.event_id) AS event_id
-- The planner expects few rows from a list, so that the join with events keeps these rows in memory, and reads no events if
-- there are none.
FROM (SELECT unnest(list(moved)) AS m FROM moved) AS l
JOIN events AS e
    ON e.account_id IS NOT DISTINCT FROM l.m.account_id AND e.principal = l.m.principal AND e.network = l.m.network
    AND e.event_time = l.m.first_time
LEFT JOIN other AS o ON o.source_ip = e.source_ip
WHERE e.invoked_by IS NULL AND e.vpc_endpoint_id IS NULL
    AND (
        o.source_ip IS NOT NULL
        OR NOT regexp_matches(e.source_ip, '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|169\.254\.|127\.|f[cd]|fe80:)')
    )
GROUP BY m.account_id, m.principal, m.network, m.first_time;
