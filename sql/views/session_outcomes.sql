-- One row per session: the outcomes of its events, and the services that it called.
-- @tables sessions
-- @column session_id The session: sessions.session_id
-- @column services Services called, sorted
-- @column denied Number of events that were denied
-- @column failed Number of events that were denied or failed
CREATE OR REPLACE VIEW session_outcomes AS
SELECT
    session_id,
    list_sort(list(service)) AS services,
    sum(denied)::BIGINT AS denied,
    sum(failed)::BIGINT AS failed
FROM (
    -- Grouping by service first takes half as long as a list of distinct services.
    SELECT
        session_id,
        service,
        count(*) FILTER (denied) AS denied,
        count(*) FILTER (outcome IN ('denied', 'failed')) AS failed
    FROM events
    GROUP BY session_id, service
)
GROUP BY session_id;
