-- Who terminated or stopped many instances?
-- tactic: impact
-- techniques: T1485, T1489
-- hit: a session terminated or stopped several instances within the time window. There is one row per session, for
--   the window with the most instances.
-- false positives: a test environment that is shut down at the end of the day. Not reported: scaling by an AWS
--   service.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE instances = 3; -- minimum number of instances
SET VARIABLE minutes = 60; -- time window, in minutes
WITH ended AS (
    SELECT *, unnest(list_transform(list_filter(entities, lambda n: n.entity_type = 'instance'), lambda n: n.name)) AS instance
    FROM event_classes
    WHERE class = 'impact' AND effect IN ('deleted', 'stopped') AND service = 'ec2' AND outcome = 'succeeded'
        AND invoked_by IS NULL
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
), stretches AS (
    SELECT *, count(DISTINCT instance) OVER stretch AS many, list(DISTINCT instance) OVER stretch AS instances,
        min(event_time) OVER stretch AS since
    FROM ended
    WINDOW stretch AS (
        PARTITION BY session_id ORDER BY event_time
        RANGE BETWEEN to_minutes(getvariable('minutes')) PRECEDING AND CURRENT ROW
    )
)
SELECT since AS time, principal, format('Terminated or stopped {} instances', many) AS what, list_sort(instances) AS instances,
    event_time AS last_time, source_ip, account_id, region, session_id, signal_id, event_id
FROM stretches
WHERE many >= getvariable('instances')
QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY many DESC, event_time, event_id) = 1
ORDER BY time, event_id;
