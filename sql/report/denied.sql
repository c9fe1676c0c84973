-- One row is one click that was denied itself (aimed), or one call that was denied beside pages that opened. The first few
-- of each sort are given; of_sort counts all, and calls_of_sort their calls.
SELECT
    row_number() OVER (ORDER BY aimed DESC, kind DESC NULLS LAST, calls DESC, time, what, principal) AS place,
    aimed,
    what,
    epoch_us(time) AS time,
    principal,
    count(*) OVER (PARTITION BY aimed) AS of_sort,
    sum(calls) OVER (PARTITION BY aimed)::BIGINT AS calls_of_sort
FROM (
    SELECT
        COALESCE(s.error_code IS NOT NULL OR t.class = 'residual', FALSE) AS aimed,
        CASE
            WHEN s.error_code IS NOT NULL THEN s.summary
            WHEN t.class = 'residual' THEN t.summary
            ELSE t.event_key
        END AS what,
        CASE WHEN s.error_code IS NOT NULL OR t.class = 'residual' THEN COALESCE(t.signal_id, t.event_id) END AS id,
        min(t.event_time) AS time,
        CASE WHEN s.error_code IS NOT NULL OR t.class = 'residual' THEN x.principal END AS principal,
        CASE WHEN s.error_code IS NOT NULL THEN s.kind END AS kind,
        count(*) AS calls
    FROM told AS t
    JOIN chosen AS x USING (session_id)
    LEFT JOIN clicked AS s USING (signal_id)
    WHERE t.denied
    GROUP BY ALL
) AS refused
QUALIFY row_number() OVER (PARTITION BY aimed ORDER BY kind DESC NULLS LAST, calls DESC, time, what, principal) <= 12
