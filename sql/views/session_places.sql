-- The countries, network owners and clouds of the addresses of a session. A session without any known address has no row.
-- @tables sessions addresses
-- @column session_id The session: sessions.session_id
-- @column countries Countries of its addresses, sorted. NULL if no address database has one
-- @column owners Network owners of its addresses, sorted. NULL if no address database has one
-- @column clouds Cloud ranges of its addresses, sorted. NULL if no address is in one
CREATE OR REPLACE VIEW session_places AS
SELECT
    session_id,
    list_sort(list(DISTINCT country) FILTER (country IS NOT NULL)) AS countries,
    list_sort(list(DISTINCT owner) FILTER (owner IS NOT NULL)) AS owners,
    list_sort(list(DISTINCT concat_ws(' ', cloud, cloud_service, cloud_region)) FILTER (cloud IS NOT NULL)) AS clouds
FROM session_addresses
WHERE country IS NOT NULL OR owner IS NOT NULL OR cloud IS NOT NULL
GROUP BY session_id;
