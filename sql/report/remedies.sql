-- What may have to be contained or undone, one row per item: what was created, granted, trusted, shared, opened, stopped,
-- started or read. The entities of an item are those of the event or, for a read of a secret, only the secret. gone is the
-- time at which the effect of every event in the row had ended in the case (event_ends). deleted lists the types of the
-- resources whose deletion ended the effect, and is empty if a call undid it. event_id is the event that the sentence
-- describes.
WITH done AS (
    SELECT
        e.event_id, e.event_time, e.event_key, e.account_id, e.region, e.summary, e.entities,
        x.principal, x.weight
    FROM events AS e
    JOIN searched AS x USING (session_id)
    WHERE e.outcome = 'succeeded'
        AND e.event_time >= getvariable('since') AND e.event_time < getvariable('until')
),
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
            WHEN aspect = 'defense_evasion' THEN 'watch'
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
    WHERE outcome = 'succeeded'
    UNION
    -- Everything that was opened to the outside, whether it is a finding or not.
    SELECT o.event_id, CASE WHEN o.resource_type = 'security_group' THEN 'network' ELSE 'share' END, NULL
    FROM open_to_outside AS o
    SEMI JOIN done USING (event_id)
),
subject AS MATERIALIZED (
    SELECT s.* FROM event_subjects AS s SEMI JOIN needed AS n ON n.event_id = s.event_id AND n.need IS NOT NULL
),
ended AS (
    SELECT e.event_id, e.ended_at AS gone, e.deleted
    FROM event_ends AS e
    SEMI JOIN needed AS n ON n.event_id = e.event_id AND n.need IS NOT NULL
),
-- A secret has one row, regardless of how often and by which call it was read. Other items have one row per sentence.
item AS (
    SELECT
        n.need, d.event_id, d.event_time, d.principal, d.weight, d.account_id, d.region, d.summary AS what, d.entities,
        1 AS things, d.summary AS same, e.gone, e.deleted
    FROM needed AS n
    JOIN done AS d USING (event_id)
    LEFT JOIN ended AS e USING (event_id)
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
        CASE WHEN t.resources = 1 THEN d.summary ELSE d.summary || '; one of them is ' || t.name END,
        list_filter(d.entities, lambda e: e.entity_type = t.entity_type AND COALESCE(e.name, e.entity_value) = t.name),
        t.resources,
        concat_ws(' ', n.object, t.entity_type, t.name),
        t.deleted_at,
        CASE WHEN t.deleted_at IS NOT NULL THEN [t.entity_type] END
    FROM needed AS n
    JOIN done AS d USING (event_id)
    JOIN subject AS t USING (event_id)
    WHERE n.need = 'secret'
)
SELECT
    row_number() OVER (
        ORDER BY
            list_position([
                'key', 'password', 'user', 'policy', 'trust', 'role', 'share', 'network', 'watch', 'instance', 'other', 'secret'
            ], need),
            gone IS NOT NULL, weight DESC, time, what
    ) AS place,
    *
FROM (
    SELECT
        need,
        arg_min(what, (things, event_time, event_id)) AS what,
        arg_min(event_id, (things, event_time, event_id)) AS event_id,
        epoch_us(min(event_time)) AS time,
        arg_min(principal, (event_time, event_id)) AS principal,
        max(weight) AS weight,
        count(*) AS events,
        arg_min(entities, (things, event_time, event_id)) AS entities,
        account_id,
        region,
        CASE WHEN count(*) = count(gone) THEN epoch_us(max(gone)) END AS gone,
        CASE WHEN count(*) = count(gone) THEN arg_max(deleted, gone) ELSE [] END AS deleted
    FROM item
    GROUP BY need, same, account_id, region
)
