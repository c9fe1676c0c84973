-- One row is one address that events came from: what is known of it, who used it, and when.
-- The columns of an address that was not looked up are NULL. The names of services are not addresses, and not here.
-- @order first_time, address
-- @tables addresses
-- @column first_time The first event from it, UTC
-- @column last_time The last event from it, UTC
-- @column events How many events came from it
-- @column failed How many of them failed, denied ones included
-- @column denied How many of them were denied
-- @column sessions How many sessions they belong to
-- @column principals Whose they are, sorted
CREATE OR REPLACE VIEW address_uses AS
SELECT
    e.address,
    a.* EXCLUDE (address),
    e.* EXCLUDE (address)
FROM (
    SELECT
        source_ip AS address,
        min(event_time) AS first_time,
        max(event_time) AS last_time,
        count(*) AS events,
        count(*) FILTER (outcome IN ('denied', 'failed')) AS failed,
        count(*) FILTER (denied) AS denied,
        count(DISTINCT session_id) AS sessions,
        list_sort(list(DISTINCT principal) FILTER (principal IS NOT NULL)) AS principals
    FROM events
    WHERE network IS NOT NULL
    GROUP BY source_ip
) AS e
LEFT JOIN addresses AS a USING (address);
