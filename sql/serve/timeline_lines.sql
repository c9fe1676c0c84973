-- The lines of page_lines, whose rows are in page_rows, by time, or if $1 is 'desc' the other way round. A line of one row is
-- that row. One of several has the columns of its first row, where these hold for all, and a sentence for all.
WITH members AS (
    SELECT m.line_id, m.place, s.* FROM page_lines AS m JOIN page_rows AS s USING (id)
),
calls AS (
    SELECT line_id, title, service, min(place) AS first_place, sum(events)::BIGINT AS times
    FROM members
    GROUP BY line_id, title, service
),
-- At most four calls are named, in the order of their first appearance.
named AS (
    SELECT
        line_id,
        count(*) AS titles,
        array_to_string(list(
            CASE WHEN starts_with(title, service || ':') THEN substr(title, len(service) + 2) ELSE COALESCE(title, '?') END
            || CASE WHEN times > 1 THEN ' ×' || times ELSE '' END
            ORDER BY first_place
        )[:4], ', ') || CASE WHEN titles > 4 THEN ', ' || (titles - 4) || ' more calls' ELSE '' END AS calls
    FROM calls
    GROUP BY line_id
),
shared AS (
    SELECT
        line_id,
        count(*) AS rows,
        count(error_code) AS failed,
        max(last_time) AS last_time,
        sum(events)::BIGINT AS events,
        count(DISTINCT COALESCE(region, '')) = 1 AS one_region,
        count(DISTINCT COALESCE(error_code, '')) = 1 AS one_error,
        count(DISTINCT COALESCE(source_ip, '')) = 1 AS one_address,
        count(DISTINCT COALESCE(kind, '')) = 1 AS one_kind,
        list_sort(list_distinct(flatten(list(attack)))) AS attack,
        bool_or(denied) AS denied
    FROM members
    GROUP BY line_id
)
SELECT
    m.* EXCLUDE (line_id, place, last_time, kind, region, title, summary, events, error_code, source_ip, attack, denied),
    g.last_time,
    CASE WHEN g.one_kind THEN m.kind END AS kind,
    CASE WHEN g.one_region THEN m.region END AS region,
    CASE WHEN n.titles = 1 THEN m.title ELSE COALESCE(m.service, '?') END AS title,
    CASE
        WHEN g.rows = 1 THEN m.summary
        WHEN n.titles = 1 AND m.summary IS NOT NULL
            THEN m.summary || ', and ' || (g.rows - 1) || CASE WHEN g.rows = 2 THEN ' more call' ELSE ' more calls' END
        ELSE COALESCE(m.service, '?') || ': ' || n.calls
    END AS summary,
    g.events,
    CASE WHEN g.one_error THEN m.error_code END AS error_code,
    CASE WHEN g.one_address THEN m.source_ip END AS source_ip,
    CASE WHEN g.rows = 1 THEN m.attack ELSE g.attack END AS attack,
    CASE WHEN g.rows = 1 THEN m.denied ELSE g.denied END AS denied,
    g.rows,
    g.failed
FROM members AS m
JOIN shared AS g ON g.line_id = m.id
JOIN named AS n ON n.line_id = m.id
ORDER BY
    CASE WHEN $1 <> 'desc' THEN m.time END,
    CASE WHEN $1 <> 'desc' THEN m.id END,
    m.time DESC,
    m.id DESC
