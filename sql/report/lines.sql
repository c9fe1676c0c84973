-- One row is one line of the timeline; place 1 is the weightiest.
SELECT
    row_number() OVER (ORDER BY COALESCE(t.kind, 'background')::signal_kind DESC, t.time, t.id) AS place,
    t.*
FROM timeline AS t
SEMI JOIN chosen USING (session_id)
WHERE t.class IN ('click', 'residual')
    AND t.last_time >= getvariable('since') AND t.time < getvariable('until')
