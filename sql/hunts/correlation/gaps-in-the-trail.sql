-- Which regions have no events for several hours?
-- tactic: correlation
-- techniques: T1685.002
-- hit: a region of an account has no events for several hours; logging may have been off, or files may be missing from
--   the case.
-- false positives: a region that is rarely used; focus on regions that have no other gaps.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only gaps that end at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only gaps that end at or before this time (UTC)
SET VARIABLE hours = 6; -- minimum length of the gap, in hours
WITH minutes AS (
    SELECT account_id, region, date_trunc('minute', event_time) AS minute, max(event_time) AS last_of_minute,
        min(event_time) AS first_of_minute, min_by(event_id, (event_time, event_id)) AS event_id
    FROM events
    GROUP BY ALL
), steps AS (
    SELECT *, lag(last_of_minute) OVER (PARTITION BY account_id, region ORDER BY minute) AS silent_from
    FROM minutes
)
SELECT silent_from AS time, format('No events for {} hours', date_diff('hour', silent_from, first_of_minute))
    AS what, first_of_minute AS silent_until, account_id, region, event_id AS next_event_id
FROM steps
WHERE first_of_minute - silent_from >= to_hours(getvariable('hours'))
    AND first_of_minute BETWEEN getvariable('since') AND getvariable('until')
ORDER BY time, account_id, region;
