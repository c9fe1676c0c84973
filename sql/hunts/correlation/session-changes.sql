-- What did a session change?
-- tactic: correlation
-- techniques: none
-- hit: everything that the session made, changed or deleted, by click or by command: the list of what to undo.
-- innocent: the work of the day; set the session that is in question.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE session = '%'; -- its session_id is like this; % is any text
SELECT event_time AS time, principal, what, event_key, client, request_parameters,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE read_only = FALSE AND outcome = 'succeeded' AND session_id LIKE getvariable('session')
    AND session_id IN (SELECT session_id FROM sessions WHERE console)
    AND kind IS DISTINCT FROM 'background' AND service <> 'signin'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
