-- One row is one event by which data left an account or others were let at it, or might have been.
-- A policy is here only if it lets everybody or another account in, or takes away a block on public access. What opens a
-- thing where it is created is its setting-up, and not here. Objects that were read one by one are in event_classes, as
-- 'exfiltration'.
-- @tables events signals
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column title Where in the console; NULL if no signal explains it
-- @column how 'shared', 'policy', 'copied', 'exported' or 'replicated'
-- @column resource The snapshot, image, bucket ... that the call names; NULL if it names none
-- @column public Whether the call lets everybody in
-- @column shared_with The other accounts that the call lets in, sorted; empty if there is none
CREATE OR REPLACE VIEW data_exposure AS
SELECT
    c.effect AS how,
    COALESCE(
        list_any_value(list_transform(
            list_filter(c.entities, lambda n: n.relation IN ('target', 'source')), lambda n: n.name
        )),
        c.target
    ) AS resource,
    COALESCE(g.public, FALSE)
        OR list_contains(list_transform(
            list_filter(c.entities, lambda n: n.relation = 'granted_to'), lambda n: n.entity_value IN ('all', '*')
        ), TRUE) IS TRUE AS public,
    list_sort(list_distinct(list_filter(
        list_concat(
            COALESCE(g.accounts, []),
            COALESCE(list_transform(
                list_filter(c.entities, lambda n: n.relation = 'granted_to'),
                lambda n: regexp_extract(n.entity_value, '\b\d{12}\b')
            ), [])
        ), lambda account: account <> '' AND account <> COALESCE(c.account_id, '')
    ))) AS shared_with,
    c.signal_id,
    c.title,
    c.* EXCLUDE (class, effect, object, target, signal_id, title, kind)
FROM event_classes AS c
LEFT JOIN (
    SELECT
        event_id,
        bool_or(public) AS public,
        list(regexp_extract(grantee, '\b\d{12}\b')) AS accounts
    FROM event_grants
    WHERE effect = 'allow'
    GROUP BY event_id
) AS g USING (event_id)
WHERE c.class = 'data_exposure'
    AND NOT (c.effect = 'policy' AND c.kind IS NOT DISTINCT FROM 'create'::signal_kind AND NOT COALESCE(g.public, FALSE));
