-- One row: the totals for the selection and for the case.
SELECT
    c.* EXCLUDE (session_id),
    (SELECT count(*) FROM chosen) AS sessions,
    (SELECT count(*) FROM chosen WHERE console) AS console_sessions,
    (SELECT count(*) FROM searched) AS searched_sessions,
    (SELECT count(DISTINCT actor) FROM chosen) AS principals,
    (SELECT count(DISTINCT account_id) FROM chosen) AS accounts,
    (SELECT count(*) FROM sessions) AS case_sessions,
    (SELECT count(*) FROM events) AS case_events,
    (SELECT count(*) FROM events SEMI JOIN searched USING (session_id) WHERE event_category = 'Data') AS data_events,
    (SELECT count(*) FROM load_files) AS files,
    (SELECT count(*) FROM rejects) AS rejects,
    (SELECT COALESCE(sum(left_out), 0)::BIGINT FROM load_files) AS left_out,
    (SELECT count(*) FROM load_files WHERE filter IS NOT NULL AND sha256 IS NULL) AS files_left_out
FROM counted AS c
WHERE c.session_id IS NULL;
