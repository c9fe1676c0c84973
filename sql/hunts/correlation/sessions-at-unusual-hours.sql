-- Who was in the console outside working hours?
-- tactic: correlation
-- techniques: T1078.004
-- hit: a console session began at night or at a weekend, by UTC.
-- innocent: people on call, or in other time zones: set the hours to theirs.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE first_hour = 6; -- work begins at this hour, UTC
SET VARIABLE last_hour = 20; -- and ends before this one
SELECT first_time AS time, principal,
    format('Was in the console from {} UTC', strftime(first_time, '%A, %H:%M')) AS what, last_time, signals, mfa,
    ips AS source_ips, account_id, session_id
FROM sessions
WHERE console
    AND (hour(first_time) < getvariable('first_hour') OR hour(first_time) >= getvariable('last_hour')
        OR isodow(first_time) > 5)
    AND first_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, session_id;
