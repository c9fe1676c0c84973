-- Which new keys were used from a different address than the one they were created from?
-- tactic: persistence
-- techniques: T1098.001, T1078.004
-- hit: a key was used from a different address than the one it was created from. Set `elsewhere` to 0 to list every
--   key that was created, even if it was never used.
-- false positives: a key that is created on a workstation and used by a server, in which case both addresses are
--   known.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE elsewhere = 1; -- set to 0 to list every key that was created, even if it was never used
WITH made AS (
    SELECT *, list_filter(entities, lambda n: n.entity_type = 'access_key' AND n.relation = 'created')[1].name AS made_key
    FROM event_classes
    WHERE class = 'credential_made' AND object IN ('access_key', 'token') AND outcome = 'succeeded'
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
)
SELECT m.event_time AS time, m.principal, m.summary AS what, m.made_key, u.principal AS used_by,
    min(u.event_time) AS first_use, count(u.event_id) AS uses,
    coalesce(list(DISTINCT u.source_ip) FILTER (u.source_ip IS NOT NULL), []) AS used_from,
    m.source_ip, m.account_id, m.region, m.error_code, m.session_id, m.signal_id, m.event_id
FROM made AS m
LEFT JOIN events AS u
    ON u.access_key_id = m.made_key
    AND (getvariable('elsewhere') = 0 OR u.source_ip IS DISTINCT FROM m.source_ip)
WHERE getvariable('elsewhere') = 0 OR u.event_id IS NOT NULL
GROUP BY m.event_time, m.principal, m.summary, m.made_key, u.principal, m.source_ip, m.account_id, m.region, m.error_code,
    m.session_id, m.signal_id, m.event_id
ORDER BY time, m.event_id, used_by;
