-- One row per line in the timeline. Rank 1 is the most important. For programs, and for other calls in a console
-- session, only findings, denied calls and changes are included, or every call if the session used a credential that
-- was created in the case. The time of a sign-in is that of the sign-in event, not of the checks before it.
SELECT
    row_number() OVER (
        ORDER BY
            t.id IN (SELECT event_id FROM standing) DESC,
            COALESCE(t.kind, 'background')::signal_kind DESC, t.time, t.id
    ) AS place,
    t.* REPLACE (x.reported_as AS session_id, COALESCE(k.first_time, t.time) AS time)
FROM timeline AS t
JOIN chosen AS x USING (session_id)
LEFT JOIN clicked AS k ON k.signal_id = t.id AND k.kind = 'login'
WHERE (
        t.class IN ('click', 'residual')
        OR t.class = 'programmatic'
        AND (x.by_made_credential OR t.writes OR t.id IN (SELECT event_id FROM standing) OR t.id IN (SELECT event_id FROM reported WHERE denied))
    )
    AND t.last_time >= getvariable('since') AND t.time < getvariable('until')
