-- Who listed resources in many services outside the console?
-- tactic: discovery
-- techniques: T1526, T1580
-- hit: a tool or script queried many services within minutes. There is one row per session, for the time window in
--   which it queried the most services.
-- false positives: your own scanners and inventory jobs, which use known identities and make the same calls every
--   day.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE services = 8; -- minimum number of services
SET VARIABLE minutes = 10; -- time window, in minutes
WITH reads AS (
    SELECT event_time, event_id, session_id, principal, account_id, source_ip, service
    FROM events
    WHERE client IN ('cli', 'sdk', 'agent', 'cloudshell', 'unknown') AND invoked_by IS NULL
        AND regexp_matches(event_name, '^(List|Describe|Get|Search)')
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
        AND session_id IN (
            SELECT session_id FROM events GROUP BY session_id HAVING count(DISTINCT service) >= getvariable('services')
        )
), stretches AS (
    SELECT *, count(DISTINCT service) OVER stretch AS many, min(event_time) OVER stretch AS since
    FROM reads
    WINDOW stretch AS (
        PARTITION BY session_id ORDER BY event_time
        RANGE BETWEEN to_minutes(getvariable('minutes')) PRECEDING AND CURRENT ROW
    )
), fullest AS (
    SELECT *
    FROM stretches
    WHERE many >= getvariable('services')
    QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY many DESC, event_time, event_id) = 1
)
SELECT f.since AS time, f.principal, format('Queried {} services', f.many) AS what, list(DISTINCT r.service ORDER BY r.service) AS services,
    f.event_time AS last_time, f.source_ip, f.account_id, f.session_id, f.event_id
FROM fullest AS f
JOIN reads AS r ON r.session_id = f.session_id AND r.event_time BETWEEN f.since AND f.event_time
GROUP BY ALL
ORDER BY time, f.event_id;
