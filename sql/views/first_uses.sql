-- One row is one service, page, region or network that one identity used, and when it first did.
-- Networks are /24 of IPv4 and /48 of IPv6 addresses. In the first days of a trail everything is new: known_since says
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
    SELECT account_id, principal, service, region, source_ip,
        min(event_time) AS first_time, max(event_time) AS last_time, count(*) AS uses
    FROM events
    GROUP BY account_id, principal, service, region, source_ip
),
used AS (
    SELECT account_id, principal, 'service' AS aspect, service AS used, first_time, last_time, uses FROM counted
    UNION ALL
    SELECT account_id, principal, 'region', region, first_time, last_time, uses FROM counted
    UNION ALL
    SELECT account_id, principal, 'network',
        CASE
            WHEN regexp_full_match(source_ip, '\d+\.\d+\.\d+\.\d+')
                THEN regexp_extract(source_ip, '^\d+\.\d+\.\d+') || '.0/24'
            WHEN regexp_full_match(source_ip, '[0-9a-fA-F:]*:[0-9a-fA-F:.]*')
                THEN array_to_string(list_resize(
                    string_split(lower(split_part(source_ip, '::', 1)), ':')[1:3], 3, '0'
                ), ':') || '::/48'
        END, first_time, last_time, uses
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
