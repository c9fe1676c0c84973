-- In which console sessions are most events unexplained?
-- tactic: correlation
-- techniques: none
-- hit: many of the session's console events do not belong to any known page. The session may have used an uncommon
--   service, or a tool that imitates a browser.
-- false positives: pages that do not have a rule yet; the `residual` view shows which calls they make.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE percent = 50; -- minimum percentage of console events that are unexplained
SET VARIABLE events = 10; -- minimum number of console events in the session
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
