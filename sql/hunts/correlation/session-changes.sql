-- What did a session change?
-- tactic: correlation
-- techniques: none
-- hit: something that the session created, changed or deleted, by click or by command, and that may have to be
--   undone.
-- false positives: regular work; set `session` to the session in question.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE session = '%'; -- only sessions whose session_id matches this pattern; % matches any text
SELECT event_time AS time, principal, what, event_key, client, request_parameters,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE read_only = FALSE AND outcome = 'succeeded' AND session_id LIKE getvariable('session')
    AND session_id IN (SELECT session_id FROM sessions WHERE console)
    AND kind IS DISTINCT FROM 'background' AND service <> 'signin'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
