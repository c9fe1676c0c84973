-- Events that changed permissions, including attempts, regardless of the client that made the call. event_grants lists
-- the permissions statement by statement. effect states what the call does: 'grants' permissions; 'trusts' other
-- identities; 'creates' an identity or a way to sign in; 'loosens' a permissions boundary, MFA or the password policy; or
-- 'revokes' permissions. A failed call has an error_code.
-- @order event_time, event_id, effect
-- @tables events signals
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column title Console page. NULL if the event does not belong to a signal
-- @column effect 'grants', 'trusts', 'creates', 'loosens' or 'revokes'
-- @column target The user, group, role or instance whose permissions were changed. NULL if the call does not name any
-- @column policy ARN or name of the policy. NULL if the call does not involve a policy
-- @column administrator Whether the policy allows all actions on all resources, or is an AWS managed policy that does
-- @column own Whether the target is the caller. NULL if there is no target
CREATE OR REPLACE VIEW privilege_changes AS
SELECT
    c.effect,
    COALESCE(
        list_any_value(list_transform(
            list_filter(c.entities, lambda n: n.entity_type <> 'policy' AND n.relation <> 'used'), lambda n: n.name
        )),
        c.target
    ) AS target,
    list_any_value(list_transform(
        list_filter(c.entities, lambda n: n.entity_type = 'policy'), lambda n: n.entity_value
    )) AS policy,
    COALESCE(c.grants::VARCHAR LIKE '%"administrator":true%', FALSE) AS administrator,
    CASE
        WHEN target IS NOT NULL
            THEN COALESCE(target IN (c.user_name, c.principal, split_part(c.principal, '/', 1)), FALSE)
    END AS own,
    c.signal_id,
    c.title,
    c.* EXCLUDE (class, effect, object, target, signal_id, title, kind)
FROM event_classes AS c
WHERE c.class = 'privilege_change'
    -- Tested before the other columns are read.
    AND list_contains(list_transform(c.classes, lambda c: c.class), 'privilege_change');
