-- Who had many different API calls denied?
-- tactic: discovery
-- techniques: T1580, T1087.004
-- hit: an identity tried several calls for which it lacks permission; someone may be testing its permissions.
--   There is one row per session, for the time window with the largest number of distinct denied calls.
-- false positives: a new service that still lacks several permissions. Repeated attempts to make the same call are
--   counted once.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE calls = 4; -- minimum number of distinct denied calls
SET VARIABLE minutes = 60; -- time window, in minutes
WITH denied AS (
    SELECT *, count(DISTINCT event_key) OVER stretch AS many, list(DISTINCT event_key) OVER stretch AS calls,
        min(event_time) OVER stretch AS since, count(*) OVER stretch AS attempts
    FROM described_events
    WHERE denied AND invoked_by IS NULL
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
    WINDOW stretch AS (
        PARTITION BY session_id ORDER BY event_time
        RANGE BETWEEN to_minutes(getvariable('minutes')) PRECEDING AND CURRENT ROW
    )
)
SELECT since AS time, principal, format('{} different calls were denied', many) AS what, list_sort(calls) AS calls,
    attempts, event_time AS last_time, source_ip, account_id, region, session_id, signal_id, event_id
FROM denied
WHERE many >= getvariable('calls')
QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY many DESC, event_time, event_id) = 1
ORDER BY time, event_id;
