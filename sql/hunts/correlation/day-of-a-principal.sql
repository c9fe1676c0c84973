-- What did an identity do, in sentences?
-- tactic: correlation
-- techniques: none
-- hit: the clicks of the identity in order, and its other API calls, one row per service, call and minute.
-- false positives: most rows; set the principal and the day in question.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
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
