-- Who used the console outside working hours?
-- tactic: correlation
-- techniques: T1078.004
-- hit: a console session began outside working hours or on a weekend (UTC).
-- false positives: people who are on call or who work in other time zones; set `first_hour` and `last_hour` to their
--   working hours.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE first_hour = 6; -- working hours start at this hour (UTC)
SET VARIABLE last_hour = 20; -- working hours end at this hour (UTC)
SELECT first_time AS time, principal,
    format('Started a console session on {} UTC', strftime(first_time, '%A at %H:%M')) AS what, last_time, signals, mfa,
    ips AS source_ips, account_id, session_id
FROM sessions
WHERE console
    AND (hour(first_time) < getvariable('first_hour') OR hour(first_time) >= getvariable('last_hour')
        OR isodow(first_time) > 5)
    AND first_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, session_id;
