-- Who saw or touched a thing, and when?
-- tactic: correlation
-- techniques: none
-- hit: every click that showed the thing or changed it, and every call by another client that names it: a user, key,
--   bucket, instance, secret … Of all things, only calls of a class are told.
-- innocent: pages that list everything show it to everybody; `kind` and `relation` tell looking from changing.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE entity = '%'; -- its name, id or ARN is like this; % is any text
SET VARIABLE type = '%'; -- its type is like this: user, access_key, bucket
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
