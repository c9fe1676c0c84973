-- What may have to be contained or undone, one row per item: the credentials that the most notable identities used, and
-- what was created, granted, trusted, shared, opened, stopped, started or read. The entities of an item are those of the
-- event or, for a read of a secret, only the secret. gone is the time at which the effect of every event in the row had
-- ended in the case (event_ends), and ending the sentence of the event that ended it. deleted lists the types of the
-- resources whose deletion ended the effect, and is empty if a call undid it. Deleting a secret does not undo that it was
-- read; value_of_deleted is true for it. event_id is the event that the sentence describes. urgent is true
-- for what is still in effect, can preserve or widen access, hides activity or exposes data, and was done in a session with at
-- least 30 % of the weight of the most notable session. What concerns only resources that the same identity had created
-- (own) is not urgent, except for credentials and permissions. Its secrets that were read, and the logs and detectors that
-- were deleted, are combined into one row each. The action of such a row is the text to show instead of one for a resource.
WITH done AS (
    SELECT
        e.event_id, e.event_time, e.event_key, e.account_id, e.region, e.summary, e.entities,
        COALESCE(e.grants::VARCHAR LIKE '%"administrator":true%', FALSE) AS administrator,
        x.principal, x.weight
    FROM events AS e
    JOIN searched AS x USING (session_id)
    WHERE e.outcome = 'succeeded'
        AND e.event_time >= getvariable('since') AND e.event_time < getvariable('until')
),
most AS (SELECT max(weight) AS weight FROM searched),
-- Both are read several times.
outside AS MATERIALIZED (FROM open_to_outside),
ends AS MATERIALIZED (FROM event_ends),
named AS (
    SELECT event_id, weight, n.relation, n.entity_type
    FROM (SELECT event_id, weight, unnest(entities) AS n FROM done)
),
needed AS (
    SELECT event_id, 'user' AS need, NULL AS object FROM named WHERE entity_type = 'user' AND relation = 'created'
    UNION
    SELECT event_id, 'instance', NULL FROM named WHERE entity_type = 'instance' AND relation = 'created' AND weight > 0
    UNION
    SELECT
        event_id,
        CASE
            WHEN aspect = 'defense_impairment' THEN 'watch'
            WHEN aspect = 'data_exposure' THEN 'share'
            WHEN aspect = 'secret_read' THEN 'secret'
            WHEN aspect = 'credential_made' AND object = 'access_key' THEN 'key'
            WHEN aspect = 'credential_made' AND object = 'password' THEN 'password'
            WHEN aspect = 'privilege_change' AND effect = 'grants' THEN 'policy'
            WHEN aspect = 'privilege_change' AND effect = 'trusts' THEN 'trust'
            WHEN aspect = 'privilege_change' AND effect = 'creates' AND object IS NULL THEN 'role'
            WHEN aspect = 'persistence' THEN 'other'
        END,
        CASE WHEN aspect = 'secret_read' THEN object END
    FROM standing
    WHERE outcome = 'succeeded' AND NOT (covered AND aspect = 'persistence')
        -- A trust policy that only removed outside access needs no action.
        AND NOT (effect = 'trusts' AND event_id IN (SELECT ended_by FROM ends WHERE ended_by IS NOT NULL)
            AND event_id NOT IN (SELECT event_id FROM outside))
    UNION
    -- Everything that was opened to the outside, whether it is a finding or not.
    SELECT o.event_id, CASE WHEN o.resource_type = 'security_group' THEN 'network' ELSE 'share' END, NULL
    FROM outside AS o
    SEMI JOIN done USING (event_id)
),
-- What concerns only resources that the same identity had created earlier in the case.
own AS MATERIALIZED (
    SELECT w.event_id, w.need, o.ownership
    FROM (SELECT DISTINCT event_id, need FROM needed WHERE need IN ('watch', 'secret', 'share', 'network', 'other')) AS w
    JOIN own_events AS o USING (event_id)
),
subject AS MATERIALIZED (
    SELECT s.* FROM event_subjects AS s SEMI JOIN needed AS n ON n.event_id = s.event_id AND n.need IS NOT NULL
),
-- Stopping or deleting a log or detector is graver than changing one, or deleting one's own. Ports other than those of
-- websites are graver than those.
mild AS (
    SELECT event_id, 'watch' AS need FROM standing WHERE aspect = 'defense_impairment' GROUP BY event_id
    HAVING bool_and(effect = 'changed')
    UNION ALL
    SELECT event_id, need FROM own
    UNION ALL
    SELECT event_id, 'network' FROM outside GROUP BY event_id
    HAVING bool_and(len(actions) > 0 AND len(list_filter(actions, lambda a: NOT regexp_matches(a, '\b(80|443)$'))) = 0)
    UNION ALL
    SELECT event_id, 'policy' FROM done WHERE NOT administrator
    EXCEPT
    SELECT event_id, 'policy' FROM named WHERE entity_type IN ('user', 'group') AND relation <> 'used'
),
ended AS (
    SELECT e.event_id, e.ended_at AS gone, e.deleted, e.ended_by
    FROM ends AS e
    SEMI JOIN needed AS n ON n.event_id = e.event_id AND n.need IS NOT NULL
),
-- A secret has one row, regardless of how often and by which call it was read. Other items have one row per sentence.
item AS (
    SELECT
        n.need, d.event_id, d.event_time, d.principal, d.weight, d.account_id, d.region,
        concat(d.summary, '; ' || o.ownership) AS what,
        d.entities,
        1 AS things, d.summary AS same, e.gone, e.deleted, e.ended_by, FALSE AS value_of_deleted,
        n.need NOT IN ('role', 'instance', 'other')
            AND (n.event_id, n.need) NOT IN (SELECT event_id, need FROM mild) AS grave,
        o.event_id IS NOT NULL AS own,
        list_filter(d.entities, lambda e: e.relation = 'deleted')[1].entity_type AS entity_type
    FROM needed AS n
    JOIN done AS d USING (event_id)
    LEFT JOIN ended AS e USING (event_id)
    LEFT JOIN own AS o ON o.event_id = n.event_id AND o.need = n.need
    WHERE n.need IS NOT NULL
        AND (n.need <> 'secret' OR d.event_id NOT IN (SELECT event_id FROM subject))
        AND (n.need <> 'role' OR list_contains(list_transform(d.entities, lambda e: e.entity_type || e.relation), 'rolecreated'))
        AND (n.need <> 'other' OR d.event_id NOT IN (SELECT event_id FROM needed WHERE need NOT IN ('other', 'secret')))
        -- A share that is also a trust, a role or a principal's policy is listed only as such.
        AND (n.need <> 'share' OR d.event_id NOT IN (SELECT event_id FROM needed WHERE need IN ('trust', 'role', 'policy'))
            OR d.event_id IN (SELECT event_id FROM standing WHERE aspect = 'data_exposure'))
    UNION ALL
    SELECT
        n.need, d.event_id, d.event_time, d.principal, d.weight, d.account_id, d.region,
        concat(
            CASE WHEN t.resources = 1 THEN d.summary ELSE d.summary || '; one of them is ' || t.name END,
            '; the ' || replace(t.entity_type, '_', ' ') || ' was deleted at ' || strftime(t.deleted_at, '%Y-%m-%d %H:%M:%S')
                || ', after it had been read',
            '; ' || o.ownership
        ),
        list_filter(d.entities, lambda e: e.entity_type = t.entity_type AND COALESCE(e.name, e.entity_value) = t.name),
        t.resources,
        concat_ws(' ', n.object, t.entity_type, t.name),
        NULL,
        NULL,
        NULL,
        t.deleted_at IS NOT NULL,
        (n.event_id, n.need) NOT IN (SELECT event_id, need FROM mild),
        o.event_id IS NOT NULL,
        t.entity_type
    FROM needed AS n
    JOIN done AS d USING (event_id)
    JOIN subject AS t USING (event_id)
    LEFT JOIN own AS o ON o.event_id = n.event_id AND o.need = n.need
    WHERE n.need = 'secret'
),
-- The sessions of identities that stand out most. Credentials that the case shows being created are items of their own.
active AS (
    SELECT x.session_id, x.principal, x.actor, x.identity_type, x.account_id, x.console, x.most AS weight
    FROM (
        SELECT *, max(weight) FILTER (NOT by_made_credential) OVER (PARTITION BY account_id, actor) AS most FROM searched
    ) AS x
    CROSS JOIN most AS m
    WHERE x.most > 0 AND x.most >= 0.3 * m.weight AND NOT x.by_made_credential
        AND x.actor IN (SELECT actor FROM standing)
),
use AS (
    SELECT
        'access_key' AS credential_type, e.access_key_id AS credential, a.principal, a.account_id, a.weight,
        e.event_id, e.event_time, e.session_id, TRUE AS counts
    FROM events AS e
    JOIN active AS a USING (session_id)
    WHERE starts_with(e.access_key_id, 'AKIA') AND e.client IN ('cli', 'sdk', 'agent')
        AND e.event_time >= getvariable('since') AND e.event_time < getvariable('until')
    UNION ALL
    SELECT
        CASE a.identity_type WHEN 'IAMUser' THEN 'password' WHEN 'Root' THEN 'root' ELSE 'role' END,
        CASE WHEN a.identity_type IN ('IAMUser', 'Root') THEN a.principal ELSE a.actor END,
        a.principal, a.account_id, a.weight, e.event_id, e.event_time, e.session_id,
        e.event_id NOT IN (
            SELECT es.event_id FROM event_signal AS es JOIN signals AS s USING (signal_id) WHERE s.kind = 'background'::signal_kind
        )
    FROM events AS e
    JOIN active AS a USING (session_id)
    WHERE NOT (e.service = 'signin' AND e.outcome IN ('denied', 'failed'))
        AND (a.console AND a.identity_type IN ('IAMUser', 'Root') OR a.identity_type = 'AssumedRole'
            AND a.session_id NOT IN (SELECT session_id FROM credential_links))
        AND e.event_time >= getvariable('since') AND e.event_time < getvariable('until')
),
-- A credential ends when it is deactivated or deleted, or its user is deleted, and it is not used afterward.
revoked AS (
    SELECT e.event_id, e.event_time, e.account_id, n.relation, n.entity_type, COALESCE(n.name, n.entity_value) AS name, e.event_key
    FROM (SELECT *, unnest(entities) AS n FROM events WHERE outcome = 'succeeded' AND service = 'iam' AND read_only IS FALSE AND entities IS NOT NULL) AS e
    WHERE n.relation = 'deleted' AND n.entity_type IN ('access_key', 'user', 'role')
        OR n.relation = 'target' AND list_contains(list_transform(e.classes, lambda c: c.class || ' ' || c.effect), 'privilege_change revokes')
            AND (n.entity_type = 'access_key' AND e.event_name = 'UpdateAccessKey' OR n.entity_type = 'user' AND e.event_name = 'DeleteLoginProfile')
),
credential AS (
    SELECT
        u.credential_type, u.credential, u.account_id,
        arg_min(u.principal, (u.event_time, u.event_id)) AS principal,
        max(u.weight) AS weight,
        count(*) AS events,
        count(DISTINCT u.session_id) AS sessions,
        min(u.event_time) AS event_time,
        max(u.event_time) AS last_time,
        -- The console sends requests in the background for as long as its page is open.
        COALESCE(max(u.event_time) FILTER (u.counts), last_time) AS last_active,
        arg_min(u.event_id, (u.event_time, u.event_id)) AS event_id
    FROM use AS u
    WHERE u.credential IS NOT NULL
        AND NOT (u.credential_type = 'access_key' AND u.credential IN (SELECT entity_value FROM subject WHERE entity_type = 'access_key'))
    GROUP BY u.credential_type, u.credential, u.account_id
),
used AS (
    SELECT
        'used' AS need,
        CASE c.credential_type
            WHEN 'access_key' THEN format('Access key {} of {} signed {:,} call{}, the last at {}', c.credential,
                COALESCE(c.principal, 'an unknown identity'), c.events, CASE c.events WHEN 1 THEN '' ELSE 's' END,
                strftime(c.last_active, '%Y-%m-%d %H:%M:%S'))
            WHEN 'root' THEN format('The root user used the console in {:,} session{}, until {}', c.sessions,
                CASE c.sessions WHEN 1 THEN '' ELSE 's' END, strftime(c.last_active, '%Y-%m-%d %H:%M:%S'))
            WHEN 'password' THEN format('{} used the console in {:,} session{}, until {}', COALESCE(c.principal, 'An unknown identity'),
                c.sessions, CASE c.sessions WHEN 1 THEN '' ELSE 's' END, strftime(c.last_active, '%Y-%m-%d %H:%M:%S'))
            ELSE format('Role {} was used in {:,} session{}, until {}', c.credential, c.sessions,
                CASE c.sessions WHEN 1 THEN '' ELSE 's' END, strftime(c.last_active, '%Y-%m-%d %H:%M:%S'))
        END AS what,
        c.event_id, c.event_time, c.principal, c.weight, c.events, c.account_id,
        CASE c.credential_type
            WHEN 'access_key' THEN [
                {'entity_type': 'access_key', 'entity_value': c.credential, 'name': c.credential, 'relation': 'used'},
                {'entity_type': 'user', 'entity_value': c.principal, 'name': c.principal, 'relation': 'used'}
            ]
            WHEN 'root' THEN []
            WHEN 'password' THEN [{'entity_type': 'user', 'entity_value': c.credential, 'name': c.credential, 'relation': 'used'}]
            ELSE [{'entity_type': 'role', 'entity_value': c.credential, 'name': c.credential, 'relation': 'used'}]
        END AS entities,
        min(r.event_time) AS gone,
        arg_min(r.event_id, (r.event_time, r.event_id)) AS ended_by,
        arg_min(CASE r.relation WHEN 'deleted' THEN [r.entity_type] ELSE []::VARCHAR[] END, (r.event_time, r.event_id)) AS deleted
    FROM credential AS c
    LEFT JOIN revoked AS r
        ON r.account_id IS NOT DISTINCT FROM c.account_id AND r.event_time >= c.last_time
        AND (
            c.credential_type = 'access_key' AND r.entity_type = 'access_key' AND r.name = c.credential
            OR c.credential_type IN ('access_key', 'password') AND r.entity_type = 'user' AND r.relation = 'deleted'
                AND r.name = c.principal
            OR c.credential_type = 'password' AND r.event_key = 'iam:DeleteLoginProfile' AND r.name = c.credential
            OR c.credential_type = 'role' AND r.entity_type = 'role' AND r.name = c.credential
        )
    GROUP BY ALL
),
-- What is combined: own secrets that were read, and own logs and detectors that were deleted.
combined AS (
    FROM item
    WHERE own AND entity_type IS NOT NULL AND gone IS NULL AND need IN ('secret', 'watch')
    QUALIFY count(DISTINCT same) OVER (PARTITION BY need, account_id, split_part(principal, '/', 1)) > 1
),
combined_types AS (
    SELECT
        need, account_id, split_part(principal, '/', 1) AS actor, entity_type, count(DISTINCT same) AS things,
        count(DISTINCT same) FILTER (value_of_deleted) AS deleted
    FROM combined
    GROUP BY ALL
),
combined_text AS (
    SELECT
        need, account_id, actor, sum(deleted)::BIGINT AS deleted, sum(things)::BIGINT AS things,
        list(
            concat(
                CASE WHEN entity_type = 'instance' THEN 'the user data or passwords of ' END, things, ' ',
                CASE entity_type WHEN 'flow_log' THEN 'VPC flow log' WHEN 'db_instance' THEN 'DB instance'
                    ELSE replace(entity_type, '_', ' ') END,
                CASE things WHEN 1 THEN '' ELSE 's' END
            )
            ORDER BY things DESC, entity_type
        ) AS parts
    FROM combined_types
    GROUP BY ALL
),
gathered AS (
    SELECT
        need,
        arg_min(what, (things, event_time, event_id)) AS what,
        arg_min(event_id, (things, event_time, event_id)) AS event_id,
        min(event_time) AS time,
        arg_min(principal, (event_time, event_id)) AS principal,
        max(weight) AS weight,
        count(*) AS events,
        arg_min(entities, (things, event_time, event_id)) AS entities,
        account_id,
        region,
        CASE WHEN count(*) = count(gone) THEN max(gone) END AS gone,
        CASE WHEN count(*) = count(gone) THEN arg_max(deleted, gone) ELSE [] END AS deleted,
        CASE WHEN count(*) = count(gone) THEN arg_max(ended_by, gone) END AS ended_by,
        bool_and(value_of_deleted) AS value_of_deleted,
        bool_or(grave) AS grave,
        bool_and(own) AS own,
        NULL AS action
    FROM item
    WHERE (need, event_id, same) NOT IN (SELECT (need, event_id, same) FROM combined)
    GROUP BY need, same, account_id, region
    UNION ALL BY NAME
    SELECT
        c.need,
        concat(
            CASE c.need WHEN 'secret' THEN 'Read ' ELSE 'Deleted ' END,
            array_to_string(any_value(t.parts)[:-3] || [array_to_string(any_value(t.parts)[-2:], ' and ')], ', '),
            ' that the same identity had created',
            CASE
                WHEN any_value(t.deleted) = 0 THEN NULL
                WHEN any_value(t.deleted) = any_value(t.things) THEN '; all of them were deleted later'
                WHEN any_value(t.deleted) = 1 THEN '; 1 of them was deleted later'
                ELSE format('; {} of them were deleted later', any_value(t.deleted))
            END
        ) AS what,
        arg_min(c.event_id, (c.event_time, c.event_id)) AS event_id,
        min(c.event_time) AS time,
        arg_min(c.principal, (c.event_time, c.event_id)) AS principal,
        max(c.weight) AS weight,
        1 AS events,
        [] AS entities,
        c.account_id,
        NULL AS region,
        NULL AS gone,
        [] AS deleted,
        NULL AS ended_by,
        FALSE AS value_of_deleted,
        FALSE AS grave,
        TRUE AS own,
        CASE c.need WHEN 'secret' THEN 'Delete or rotate those that are still in use' ELSE 'Check whether any of them is still needed' END AS action
    FROM combined AS c
    JOIN combined_text AS t
        ON t.need = c.need AND t.account_id IS NOT DISTINCT FROM c.account_id AND t.actor IS NOT DISTINCT FROM split_part(c.principal, '/', 1)
    GROUP BY c.need, c.account_id, t.actor
    UNION ALL BY NAME
    SELECT need, what, event_id, event_time AS time, principal, weight, 1 AS events, entities, account_id, gone,
        COALESCE(deleted, []) AS deleted, ended_by, FALSE AS value_of_deleted, TRUE AS grave, FALSE AS own
    FROM used
),
judged AS (
    SELECT g.*, g.grave AND g.gone IS NULL AND g.weight >= 0.3 * m.weight AS urgent
    FROM gathered AS g
    CROSS JOIN most AS m
)
SELECT
    row_number() OVER (
        ORDER BY
            g.urgent DESC,
            g.gone IS NOT NULL,
            g.own,
            list_position([
                'used', 'key', 'password', 'user', 'policy', 'trust', 'role', 'share', 'network', 'watch', 'instance', 'other',
                'secret'
            ], g.need),
            g.value_of_deleted,
            g.weight DESC, g.time, g.what
    ) AS place,
    g.need,
    g.what,
    g.event_id,
    epoch_us(g.time) AS time,
    g.principal,
    g.weight,
    g.events,
    g.entities,
    g.account_id,
    g.region,
    epoch_us(g.gone) AS gone,
    g.deleted,
    g.value_of_deleted,
    g.own,
    g.action,
    e.summary AS ending,
    e.principal AS ended_by,
    e.event_id AS end_event_id,
    g.urgent
FROM judged AS g
LEFT JOIN events AS e ON e.event_id = g.ended_by
