-- One row per address that events came from, with what is known about the address, which principals used it, and when.
-- For addresses that were not looked up, the lookup columns are NULL. AWS service names, which some events contain in
-- place of an address, are not listed.
-- @order first_time, address
-- @tables addresses
-- @column first_time Time of the first event (UTC)
-- @column last_time Time of the last event (UTC)
-- @column events Number of events
-- @column failed Number of events that were denied or failed
-- @column denied Number of events that were denied
-- @column sessions Number of sessions
-- @column principals Principals that used the address, sorted
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
