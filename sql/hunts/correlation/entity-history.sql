-- Who viewed, changed or used an entity, and when?
-- tactic: correlation
-- techniques: none
-- hit: a click that showed or changed the entity (such as a user, key, bucket, instance or secret), or a call that
--   names the entity but does not belong to a click. If the `entity` parameter is not set, such calls are listed only
--   if they have a class.
-- false positives: pages that list all resources show the entity to everyone who opens them; use `kind` and
--   `relation` to distinguish views from changes.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE entity = '%'; -- only entities whose name, ID or ARN matches this pattern; % matches any text
SET VARIABLE type = '%'; -- only entities whose type matches this pattern: user, access_key, bucket
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
