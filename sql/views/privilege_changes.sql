-- One row is one event that changed who may do what, or tried to, by whatever client. What was granted to whom, statement
-- by statement, is in event_grants.
-- effect: 'grants' permissions; 'trusts' somebody else's identities; 'creates' an identity or a way to sign in;
-- 'loosens' a boundary, a second factor or the password policy; 'revokes'. A failed call has its error_code.
-- @order event_time, event_id, effect
-- @tables events signals
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column title Where in the console; NULL if no signal explains it
-- @column effect 'grants', 'trusts', 'creates', 'loosens' or 'revokes'
-- @column target Whose permissions: the user, group, role or instance; NULL if the call names none
-- @column policy The policy's ARN or name; NULL if the call is about none
-- @column administrator Whether the policy is one of AWS's for administrators, or its text allows everything
-- @column own Whether the target is the caller; NULL if there is no target
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
WHERE c.class = 'privilege_change';
