-- Who read many secrets in a short time?
-- tactic: credential-access
-- techniques: T1555.006
-- hit: a session read several different secrets or decrypted parameters within the time window. There is one row per
--   session, for the window in which it read the most secrets.
-- false positives: a job that reads the same set of secrets every time it starts.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE secrets = 5; -- minimum number of distinct secrets and parameters
SET VARIABLE minutes = 60; -- time window, in minutes
WITH reads AS (
    SELECT event_time, event_id, session_id, principal, account_id, region, source_ip,
        unnest(list_transform(list_filter(entities, lambda n: n.relation = 'target'), lambda n: n.name)) AS secret
    FROM event_classes
    WHERE class = 'secret_read' AND object IN ('secret', 'parameter') AND outcome = 'succeeded'
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
), stretches AS (
    SELECT *, count(DISTINCT secret) OVER stretch AS many, min(event_time) OVER stretch AS since
    FROM reads
    WINDOW stretch AS (
        PARTITION BY session_id ORDER BY event_time
        RANGE BETWEEN to_minutes(getvariable('minutes')) PRECEDING AND CURRENT ROW
    )
), fullest AS (
    SELECT *
    FROM stretches
    WHERE many >= getvariable('secrets')
    QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY many DESC, event_time, event_id) = 1
)
SELECT f.since AS time, f.principal, format('Read {} different secrets', f.many) AS what, list(DISTINCT r.secret ORDER BY r.secret) AS secrets,
    f.event_time AS last_time, f.source_ip, f.account_id, f.region, f.session_id, f.event_id
FROM fullest AS f
JOIN reads AS r ON r.session_id = f.session_id AND r.event_time BETWEEN f.since AND f.event_time
GROUP BY ALL
ORDER BY time, f.event_id;
