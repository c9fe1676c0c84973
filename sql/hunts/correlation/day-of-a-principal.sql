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
SELECT time, principal, summary AS what, kind, title, 1 AS times, region, session_id, id AS signal_id,
    NULL AS event_id
FROM timeline
WHERE entry = 'signal' AND kind <> 'background'
    AND time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
UNION ALL
SELECT min(event_time), principal, what, NULL, event_key, count(*), region, session_id, NULL,
    min_by(event_id, (event_time, event_id))
FROM described_events
WHERE signal_id IS NULL AND session_id IN (SELECT session_id FROM sessions WHERE console)
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
GROUP BY principal, what, event_key, region, session_id, date_trunc('minute', event_time)
ORDER BY time, session_id, what;
