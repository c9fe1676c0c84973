-- One row is one service, page, region or network that one identity used, and when it first did.
-- Networks are those of events.network. In the first days of a trail everything is new: known_since says
-- how long the identity had been seen by then.
-- @tables events
-- @column aspect 'service', 'page', 'region' or 'network'
-- @column used Which service, page, region or network
-- @column first_time The first use, UTC
-- @column last_time The last use, UTC
-- @column uses How many events, or clicks on a page
-- @column known_since The identity's first event in the case, UTC
CREATE OR REPLACE VIEW first_uses AS
WITH
counted AS (
    SELECT account_id, principal, service, region, network,
        min(event_time) AS first_time, max(event_time) AS last_time, count(*) AS uses
    FROM events
    GROUP BY account_id, principal, service, region, network
),
used AS (
    SELECT account_id, principal, 'service' AS aspect, service AS used, first_time, last_time, uses FROM counted
    UNION ALL
    SELECT account_id, principal, 'region', region, first_time, last_time, uses FROM counted
    UNION ALL
    SELECT account_id, principal, 'network',
        network, first_time, last_time, uses
    FROM counted
    UNION ALL
    SELECT x.account_id, x.principal, 'page', s.title, s.first_time, s.last_time, 1
    FROM signals AS s
    JOIN sessions AS x USING (session_id)
    WHERE s.kind <> 'background'::signal_kind
),
known AS (
    SELECT account_id, principal, min(first_time) AS known_since FROM counted GROUP BY account_id, principal
)
SELECT
    u.account_id,
    u.principal,
    u.aspect,
    u.used,
    min(u.first_time) AS first_time,
    max(u.last_time) AS last_time,
    sum(u.uses)::BIGINT AS uses,
    min(k.known_since) AS known_since
FROM used AS u
LEFT JOIN known AS k
    ON k.account_id IS NOT DISTINCT FROM u.account_id AND k.principal IS NOT DISTINCT FROM u.principal
WHERE u.used IS NOT NULL
GROUP BY u.account_id, u.principal, u.aspect, u.used;
