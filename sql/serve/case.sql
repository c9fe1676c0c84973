-- The facts about the case, in one row.
SELECT
    (SELECT map_from_entries(list((key, value) ORDER BY key)) FROM case_info) AS "case",
    (SELECT count(*) FROM events) AS events,
    (SELECT COALESCE(sum(console_events), 0)::BIGINT FROM sessions) AS console_events,
    (SELECT count(*) FROM signals) AS signals,
    (SELECT count(*) FROM sessions) AS sessions,
    (SELECT count(*) FILTER (console) FROM sessions) AS console_sessions,
    (SELECT min(first_time) FROM sessions) AS first_time,
    (SELECT max(last_time) FROM sessions) AS last_time,
    (SELECT list({'reason': reason, 'one': one, 'many': many} ORDER BY place) FROM served.reasons) AS reasons,
    (
        SELECT {
            'files': count(*),
            'refused': count(refused),
            'bytes': COALESCE(sum(bytes), 0)::BIGINT,
            'read': COALESCE(sum(read), 0)::BIGINT,
            'inserted': COALESCE(sum(inserted), 0)::BIGINT,
            'duplicate': COALESCE(sum(duplicate + COALESCE(merged, 0)), 0)::BIGINT,
            'rejected': COALESCE(sum(rejected), 0)::BIGINT,
            'left_out': COALESCE(sum(left_out), 0)::BIGINT
        }
        FROM load_files
    ) AS load
