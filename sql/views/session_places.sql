-- The countries, network owners and clouds of each session's addresses. A session without any known address is not
-- listed.
-- @tables sessions addresses
-- @column session_id The session: sessions.session_id
-- @column countries Countries of the session's addresses, sorted. NULL if no address database contains them
-- @column owners Network owners of the session's addresses, sorted. NULL if no address database contains them
-- @column clouds Cloud ranges that contain the session's addresses, sorted. NULL if there are none
CREATE OR REPLACE VIEW session_places AS
SELECT
    session_id,
    list_sort(list(DISTINCT country) FILTER (country IS NOT NULL)) AS countries,
    list_sort(list(DISTINCT owner) FILTER (owner IS NOT NULL)) AS owners,
    list_sort(list(DISTINCT concat_ws(' ', cloud, cloud_service, cloud_region)) FILTER (cloud IS NOT NULL)) AS clouds
FROM session_addresses
WHERE country IS NOT NULL OR owner IS NOT NULL OR cloud IS NOT NULL
GROUP BY session_id;
