-- Full hours without any events in a region of an account, between the first and last event in the region. A
-- quiet region is not a gap in the trail; account_hours shows whether the account had events elsewhere. trail_gaps
-- lists the hours in which an account has no events in any region.
-- @order first_hour, account_id, region
-- @tables events
-- @column first_hour First hour without events (UTC)
-- @column last_hour Last hour without events (UTC)
-- @column hours Number of hours in the run
-- @column account_hours Number of hours in the run during which the account had events in other regions
-- @column event_before Time (UTC) of the last event before these hours
-- @column event_after Time (UTC) of the first event after these hours
CREATE OR REPLACE VIEW silent_hours AS
WITH
seen AS (
    SELECT account_id, region, date_trunc('hour', event_time) AS hour,
        min(event_time) AS first_time, max(event_time) AS last_time
    FROM events
    GROUP BY account_id, region, hour
),
gaps AS (
    SELECT
        account_id,
        region,
        hour + INTERVAL 1 HOUR AS first_hour,
        lead(hour) OVER following - INTERVAL 1 HOUR AS last_hour,
        last_time AS event_before,
        lead(first_time) OVER following AS event_after
    FROM seen
    WINDOW following AS (PARTITION BY account_id, region ORDER BY hour)
)
SELECT
    g.account_id,
    g.region,
    g.first_hour,
    g.last_hour,
    date_diff('hour', g.first_hour, g.last_hour) + 1 AS hours,
    count(DISTINCT s.hour) AS account_hours,
    g.event_before,
    g.event_after
FROM gaps AS g
LEFT JOIN seen AS s
    ON s.account_id IS NOT DISTINCT FROM g.account_id AND s.hour BETWEEN g.first_hour AND g.last_hour
WHERE g.last_hour >= g.first_hour
GROUP BY ALL;
