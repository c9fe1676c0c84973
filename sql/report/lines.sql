-- One row is one line of the timeline; place 1 is the weightiest. Of programs, and of a console session's other calls, only
-- what stands out, what was denied and what changes something is a line; where somebody used a credential that was made in
-- the case, every call is.
SELECT
    row_number() OVER (
        ORDER BY
            t.id IN (SELECT event_id FROM standing) DESC,
            COALESCE(t.kind, 'background')::signal_kind DESC, t.time, t.id
    ) AS place,
    t.* REPLACE (x.told_as AS session_id)
FROM timeline AS t
JOIN chosen AS x USING (session_id)
WHERE (
        t.class IN ('click', 'residual')
        OR t.class = 'programmatic'
        AND (x.by_made_credential OR t.writes OR t.id IN (SELECT event_id FROM standing) OR t.id IN (SELECT event_id FROM told WHERE denied))
    )
    AND t.last_time >= getvariable('since') AND t.time < getvariable('until')
