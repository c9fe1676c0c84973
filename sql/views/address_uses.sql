-- The addresses that events came from, one row for each: what is known about it, which principals used it, and when. The
-- columns of an address that was not looked up are NULL. Names of AWS services are not addresses and are not listed.
-- @order first_time, address
-- @tables addresses
-- @column first_time Time of the first event (UTC)
-- @column last_time Time of the last event (UTC)
-- @column events Number of events
-- @column failed Number of events that were denied or failed
-- @column denied Number of events that were denied
-- @column sessions Number of sessions
-- @column principals Principals of the events, sorted
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
