-- What did an identity do, step by step?
-- tactic: correlation
-- techniques: none
-- hit: the identity's clicks, and the other API calls in its console sessions, in chronological order. The other calls
--   are grouped into one row per call and minute.
-- false positives: most rows are ordinary activity. Set `principal`, `since` and `until` to the identity and day in
--   question.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT s.first_time AS time, x.principal, concat_ws(chr(59) || ' ', s.summary, d.derived) AS what, s.kind::VARCHAR AS kind, s.title, 1 AS times,
    s.region, s.session_id, s.signal_id, NULL AS event_id
FROM signals AS s
LEFT JOIN sessions AS x USING (session_id)
LEFT JOIN (
    SELECT e.signal_id, string_agg(f.summary, chr(59) || ' ' ORDER BY f.summary) AS derived
    FROM (
        SELECT event_id, string_agg(summary, chr(59) || ' ' ORDER BY class) AS summary FROM derived_findings GROUP BY event_id
    ) AS f
    JOIN event_signal AS e USING (event_id)
    GROUP BY e.signal_id
) AS d USING (signal_id)
WHERE s.kind <> 'background' AND s.first_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(x.principal, '') LIKE getvariable('principal')
UNION ALL
SELECT min(event_time), principal, summary, NULL, event_key, count(*), region, session_id, NULL,
    min_by(event_id, (event_time, event_id))
FROM (
    FROM events
    SEMI JOIN (FROM sessions WHERE console) AS x USING (session_id)
    ANTI JOIN event_signal AS s USING (event_id)
)
WHERE event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
GROUP BY principal, summary, event_key, region, session_id, date_trunc('minute', event_time)
ORDER BY time, session_id, what;
