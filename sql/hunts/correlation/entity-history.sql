-- Who saw, changed or used an entity, and when?
-- tactic: correlation
-- techniques: none
-- hit: every click that showed or changed the entity (a user, key, bucket, instance, secret …), and every call by another
--   client that names it. If the parameter entity is not set, only calls that have a class are listed.
-- false positives: pages that list everything show it to all their users; `kind` and `relation` distinguish views
--   from changes.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SET VARIABLE entity = '%'; -- only entities with a name, ID or ARN like this; % matches any text
SET VARIABLE type = '%'; -- only entities with a type like this: user, access_key, bucket
SELECT s.first_time AS time, x.principal, s.summary AS what, s.kind, n.relation, n.entity_type, n.entity_value,
    x.ips AS source_ips, x.account_id, s.region, s.session_id, s.signal_id, n.event_id
FROM signal_entities AS n
JOIN signals AS s USING (signal_id)
JOIN sessions AS x USING (session_id)
WHERE n.entity_value LIKE getvariable('entity') AND n.entity_type LIKE getvariable('type')
    AND s.first_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(x.principal, '') LIKE getvariable('principal')
UNION ALL
SELECT e.event_time, e.principal, e.summary, NULL, e.thing.relation, e.thing.entity_type, e.thing.entity_value,
    [e.source_ip], e.account_id, e.region, e.session_id, NULL, e.event_id
FROM (
    SELECT event_time, principal, summary, source_ip, account_id, region, session_id, event_id,
        unnest(list_filter(entities, lambda n: (n.entity_value LIKE getvariable('entity') OR n.name LIKE getvariable('entity'))
            AND n.entity_type LIKE getvariable('type'))) AS thing
    FROM events
    WHERE entities IS NOT NULL AND (classes IS NOT NULL OR getvariable('entity') <> '%')
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
) AS e
ANTI JOIN event_signal USING (event_id)
ORDER BY time, signal_id, n.entity_type, n.entity_value;
