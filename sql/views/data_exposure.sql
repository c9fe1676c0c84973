-- Events in which data left an account or was made accessible to others, including attempts. A policy change is listed
-- only if it allows everyone or another account, or removes a block on public access. Resources that are created
-- without such a block are not listed. Reads of individual objects are in object_downloads.
-- @order event_time, event_id, how
-- @tables events signals
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column title Console page. NULL if the event does not belong to a signal
-- @column how 'shared', 'policy', 'copied', 'exported' or 'replicated'
-- @column resource The snapshot, image, bucket or other resource. NULL if the call does not name any
-- @column public Whether the call grants access to everyone
-- @column shared_with Other accounts that the call grants access to, sorted. Empty if there are none
CREATE OR REPLACE VIEW data_exposure AS
SELECT
    c.how,
    c.resource,
    COALESCE(g.opened, FALSE)
        OR len(list_filter(c.named, lambda n: n.entity_type = 'everyone' OR n.entity_value IN ('all', '*'))) > 0 AS public,
    list_sort(list_distinct(list_filter(
        list_concat(
            COALESCE(g.accounts, []),
            list_transform(c.named, lambda n: regexp_extract(n.entity_value, '\b\d{12}\b'))
        ), lambda account: account <> '' AND account <> COALESCE(c.account_id, '')
    ))) AS shared_with,
    c.* EXCLUDE (how, resource, named, kind)
FROM (
    SELECT
        effect AS how,
        COALESCE(
            list_filter(entities, lambda n: n.relation IN ('target', 'source') AND n.entity_type = 'bucket')[1].name,
            list_filter(entities, lambda n: n.relation IN ('target', 'source'))[1].name,
            target
        ) AS resource,
        -- The target of a failed call is who would have been granted access.
        COALESCE(list_filter(entities, lambda n: n.relation = 'granted_to'
            OR n.relation = 'target' AND outcome <> 'succeeded' AND n.entity_type IN ('account', 'everyone', 'principal')
                AND n.entity_value <> account_id), []) AS named,
        * EXCLUDE (class, effect, object, target)
    FROM event_classes
    WHERE class = 'data_exposure'
        -- Tested before the other columns are read.
        AND list_contains(list_transform(classes, lambda c: c.class), 'data_exposure')
) AS c
LEFT JOIN (
    SELECT
        event_id,
        bool_or(public) AS opened,
        bool_or(external) AS external,
        list(regexp_extract(grantee, '\b\d{12}\b')) FILTER (grantee_type <> 'everyone') AS accounts
    FROM event_grants
    WHERE effect = 'allow'
    GROUP BY event_id
) AS g USING (event_id)
WHERE c.how <> 'policy' OR public OR COALESCE(g.external, FALSE) OR len(shared_with) > 0
    OR (len(c.named) = 0 AND c.kind IS DISTINCT FROM 'create'::signal_kind);
