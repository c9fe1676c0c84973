-- In which console session did most stay unexplained?
-- tactic: correlation
-- techniques: none
-- hit: much of what the session's console did is no page that is known: an uncommon service, or a tool dressed up as a
--   browser.
-- innocent: pages that have no rule yet; the residual tells which calls they make.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE percent = 50; -- at least this share of the console's events
SET VARIABLE events = 10; -- of at least so many
SELECT first_time AS time, principal,
    format('{} of {} console events are unexplained', unexplained_events, console_events) AS what,
    100 * unexplained_events // console_events AS percent, ips AS source_ips, user_agents, account_id,
    session_id
FROM sessions
WHERE console AND console_events >= greatest(getvariable('events'), 1)
    AND 100 * unexplained_events >= getvariable('percent') * console_events
    AND first_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY percent DESC, time, session_id;
