-- The lines in page_lines, whose rows are in page_rows, ordered by time, in descending order if $1 is 'desc'. A line with
-- one row is identical to that row. A line with several rows contains the column values that all of its rows share, and a
-- sentence that covers all of them: if some calls succeeded, that of the first success, as in src/present/runs.rs.
WITH members AS (
    SELECT m.line AS line_id, m.n AS place, s.* EXCLUDE (n) FROM page_lines AS m JOIN page_rows AS s ON s.n = m.n
),
calls AS (
    SELECT line_id, title, service, min(place) AS first_place, sum(events)::BIGINT AS times
    FROM members
    GROUP BY line_id, title, service
),
-- At most four calls are named, in order of first appearance.
named AS (
    SELECT
        line_id,
        count(*) AS titles,
        array_to_string(list(
            CASE WHEN starts_with(title, service || ':') THEN substr(title, len(service) + 2) ELSE COALESCE(title, '?') END
            || CASE WHEN times > 1 THEN ' ×' || times ELSE '' END
            ORDER BY first_place
        )[:4], ', ') || CASE
                WHEN titles = 5 THEN ', 1 more call'
                WHEN titles > 5 THEN ', ' || (titles - 4) || ' more calls'
                ELSE ''
            END AS calls
    FROM calls
    GROUP BY line_id
),
shared AS (
    SELECT
        line_id,
        min(place) AS first_place,
        count(*) AS rows,
        count(error_code) AS failed,
        count(*) - failed AS done,
        count(*) FILTER (denied) = failed AS all_denied,
        arg_min(summary, place) FILTER (error_code IS NULL) AS done_summary,
        min(place) FILTER (error_code IS NULL) > max(place) FILTER (error_code IS NOT NULL) AS done_after,
        CASE WHEN count(bytes_out) = count(*) THEN TRY_CAST(sum(bytes_out) AS BIGINT) END AS bytes_out,
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
),
-- Like `size` in src/present/report/words.rs, truncated to tenths.
sizes AS (
    SELECT
        line_id,
        CASE
            WHEN bytes_out = 1 THEN '1 byte'
            WHEN unit = 1 THEN bytes_out || ' bytes'
            ELSE (bytes_out // unit) || '.' || (bytes_out // (unit // 10) % 10) || ' ' || ['kB', 'MB', 'GB', 'TB'][place]
        END AS size
    FROM (
        SELECT
            line_id,
            bytes_out,
            CASE
                WHEN bytes_out >= 1000000000000 THEN 4
                WHEN bytes_out >= 1000000000 THEN 3
                WHEN bytes_out >= 1000000 THEN 2
                WHEN bytes_out >= 1000 THEN 1
                ELSE 0
            END AS place,
            (1000 ** place)::BIGINT AS unit
        FROM shared
        WHERE bytes_out IS NOT NULL
    )
)
SELECT
    m.* EXCLUDE (
        line_id, place, last_time, kind, region, title, summary, events, error_code, source_ip, attack, denied, bytes_out
    ),
    g.last_time,
    CASE WHEN g.one_kind THEN m.kind END AS kind,
    CASE WHEN g.one_region THEN m.region END AS region,
    CASE WHEN n.titles = 1 THEN m.title ELSE COALESCE(m.service, '?') END AS title,
    CASE
        WHEN g.rows = 1 THEN m.summary
        WHEN n.titles = 1 AND m.summary IS NOT NULL
            THEN concat(
                CASE WHEN g.failed > 0 AND g.done > 0 THEN g.done_summary ELSE m.summary END,
                ', and ' || NULLIF(CASE WHEN g.done > 0 THEN g.done ELSE g.rows END - 1, 0)
                    || CASE WHEN CASE WHEN g.done > 0 THEN g.done ELSE g.rows END = 2 THEN ' more call' ELSE ' more calls' END,
                ', ' || z.size || ' in total',
                CASE
                    WHEN g.failed > 0 AND g.done > 0 THEN concat(
                        CASE WHEN g.done_after THEN ', after ' ELSE ', with ' END, g.failed,
                        CASE WHEN g.all_denied THEN ' denied' ELSE ' failed' END,
                        CASE g.failed WHEN 1 THEN ' attempt' ELSE ' attempts' END
                    )
                END
            )
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
JOIN shared AS g ON g.line_id = m.line_id AND g.first_place = m.place
JOIN named AS n ON n.line_id = m.line_id
LEFT JOIN sizes AS z ON z.line_id = m.line_id
ORDER BY CASE WHEN $1 = 'desc' THEN -m.place ELSE m.place END
