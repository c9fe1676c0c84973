-- The first time that a principal used a service, page, region, network, country, network owner, program or secret, one
-- row per principal and value. Networks are those in events.network. Countries and owners are known only for addresses
-- that were looked up. A program is a name with a major version (user_agents.agent), excluding services that made calls
-- on behalf of the principal. Secrets are those whose value was read. A first use is meaningful only if the case shows
-- what is normal for the principal, which requires at least 7 active days before the first use. Otherwise, too_short is
-- true.
-- @order first_time, aspect, used, principal
-- @tables events
-- @column aspect 'service', 'page', 'region', 'network', 'country', 'owner', 'user agent' or 'secret'
-- @column used The service, page, region, network, country, owner, program or secret
-- @column first_time Time of the first use (UTC)
-- @column last_time Time of the last use (UTC)
-- @column uses Number of events, or of clicks for a page
-- @column known_since Time of the principal's first event in the case (UTC)
-- @column active_days Number of days with events from the principal before the day of the first use
-- @column too_short Whether active_days is less than 7, which is too few to tell whether the first use is unusual
-- @column baseline Explanation of active_days and too_short
-- @column country For a network or an owner, countries of the addresses that were used. NULL if no address database contains them
-- @column owner For a network or a country, owners of the addresses that were used. NULL if no address database contains them
CREATE OR REPLACE VIEW first_uses AS
WITH
counted AS (
    SELECT account_id, principal, service, region,
        min(event_time) AS first_time, max(event_time) AS last_time, count(*) AS uses
    FROM events
    GROUP BY account_id, principal, service, region
),
by_address AS (
    SELECT e.*, a.country, COALESCE(a.owner, 'AS' || a.asn) AS owner
    FROM (
        SELECT account_id, principal, network, source_ip,
            min(event_time) AS first_time, max(event_time) AS last_time, count(*) AS uses
        FROM events
        WHERE network IS NOT NULL
        GROUP BY account_id, principal, network, source_ip
    ) AS e
    LEFT JOIN addresses AS a ON a.address = e.source_ip
),
used AS (
    SELECT account_id, principal, 'service' AS aspect, service AS used, first_time, last_time, uses,
        NULL AS country, NULL AS owner
    FROM counted
    UNION ALL
    SELECT account_id, principal, 'region', region, first_time, last_time, uses, NULL, NULL FROM counted
    UNION ALL
    SELECT account_id, principal, 'network', network, first_time, last_time, uses, country, owner FROM by_address
    UNION ALL
    SELECT account_id, principal, 'country', country, first_time, last_time, uses, NULL, owner FROM by_address
    UNION ALL
    SELECT account_id, principal, 'owner', owner, first_time, last_time, uses, country, NULL FROM by_address
    UNION ALL
    SELECT account_id, principal, 'user agent', agent, first_time, last_time, events, NULL, NULL
    FROM user_agents
    WHERE client IS DISTINCT FROM 'service'::event_client
    UNION ALL
    SELECT x.account_id, x.principal, 'page', s.title, s.first_time, s.last_time, 1, NULL, NULL
    FROM signals AS s
    JOIN sessions AS x USING (session_id)
    WHERE s.kind <> 'background'::signal_kind
    UNION ALL
    SELECT account_id, principal, 'secret', secret, event_time, event_time, 1, NULL, NULL FROM secret_reads
),
uses AS (
    SELECT
        account_id, principal, aspect, used,
        min(first_time) AS first_time, max(last_time) AS last_time, sum(uses)::BIGINT AS uses
    FROM used
    WHERE used IS NOT NULL
    GROUP BY account_id, principal, aspect, used
),
-- Few rows have a country or an owner, so searching every row for distinct values would take longer than everything
-- else combined.
places AS (
    SELECT
        account_id, principal, aspect, used,
        string_agg(DISTINCT country, ', ' ORDER BY country) AS country,
        string_agg(DISTINCT owner, ', ' ORDER BY owner) AS owner
    FROM used
    WHERE country IS NOT NULL OR owner IS NOT NULL
    GROUP BY account_id, principal, aspect, used
),
days AS (
    SELECT account_id, principal, day,
        min(first_time) OVER (PARTITION BY account_id, principal) AS known_since,
        row_number() OVER (PARTITION BY account_id, principal ORDER BY day) - 1 AS active_days
    FROM (
        SELECT account_id, principal, date_trunc('day', event_time) AS day, min(event_time) AS first_time
        FROM events
        GROUP BY account_id, principal, day
    )
)
SELECT
    u.account_id,
    u.principal,
    u.aspect,
    u.used,
    u.first_time,
    u.last_time,
    u.uses,
    d.known_since,
    d.active_days,
    COALESCE(d.active_days, 0) < 7 AS too_short,
    CASE
        WHEN u.first_time = d.known_since THEN 'history too short to judge: the identity''s first event in the case'
        WHEN COALESCE(d.active_days, 0) = 0 THEN 'history too short to judge: the identity''s first day in the case'
        WHEN too_short THEN 'history too short to judge: active on ' || d.active_days
            || CASE d.active_days WHEN 1 THEN ' earlier day' ELSE ' earlier days' END
        ELSE 'first use after ' || d.active_days || ' days of activity'
    END AS baseline,
    p.country,
    p.owner
FROM uses AS u
LEFT JOIN places AS p
    ON p.account_id IS NOT DISTINCT FROM u.account_id AND p.principal IS NOT DISTINCT FROM u.principal
    AND p.aspect = u.aspect AND p.used = u.used
LEFT JOIN days AS d
    ON d.account_id IS NOT DISTINCT FROM u.account_id AND d.principal IS NOT DISTINCT FROM u.principal
    AND d.day = date_trunc('day', u.first_time);
