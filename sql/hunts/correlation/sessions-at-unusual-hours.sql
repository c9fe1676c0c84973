-- Who was in the console outside working hours?
-- tactic: correlation
-- techniques: T1078.004
-- hit: a console session began at night or on a weekend, in UTC.
-- false positives: people on call, or in other time zones: set the hours to theirs.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SET VARIABLE first_hour = 6; -- working hours start at this hour, UTC
SET VARIABLE last_hour = 20; -- working hours end before this hour, UTC
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
