-- Uses of credentials and identities that an event in another session created, one row per credential, creating session
-- and using session. A key is matched by its ID; a user that was created or given a password, by name; an instance or
-- function, by the name of its role session; and a role switch, by the ARN of the identity that switched.
-- @order made_at, first_use, credential, session_id
-- @tables events
-- @column method The API call that created the credential: CreateAccessKey, AssumeRole, RunInstances
-- @column credential_type access_key, password, user, instance, function or role
-- @column credential The key, user, instance, function or role
-- @column made_at Time at which the credential was created (UTC)
-- @column event_id The event that created the credential: events.event_id
-- @column maker_session_id The session that created the credential: sessions.session_id
-- @column maker The principal that created the credential
-- @column session_id The session that used the credential: sessions.session_id
-- @column user The principal that used the credential
-- @column first_use Time of the first use (UTC)
-- @column last_use Time of the last use (UTC)
-- @column uses Number of events in which the session used the credential
-- @column made Whether a key, password or user was created. FALSE for temporary keys issued for roles, and for instances and functions
CREATE OR REPLACE VIEW credential_links AS
WITH
created AS MATERIALIZED (
    SELECT
        event_name AS method,
        n.entity_type,
        n.entity_value,
        n.name,
        event_time,
        event_id,
        session_id,
        principal,
        account_id,
        classes
    FROM (
        -- Separate branches, so that each scan skips the vectors without such events.
        SELECT *, unnest(entities) AS n
        FROM events
        WHERE read_only IS NOT TRUE AND event_category IS DISTINCT FROM 'Data' AND outcome = 'succeeded'
            -- Tested before the other columns are read.
            AND len(list_filter(entities, lambda n: n.entity_type IN ('access_key', 'user', 'instance', 'function'))) > 0
        UNION ALL
        -- Calls that issue temporary keys are recorded as reads, with the key in the response.
        SELECT *, unnest(entities) AS n
        FROM events
        WHERE (read_only OR event_category = 'Data') AND response_elements IS NOT NULL
            AND outcome = 'succeeded' AND entities IS NOT NULL
    )
    WHERE (n.relation = 'created' AND n.entity_type IN ('access_key', 'user', 'instance', 'function'))
        OR (n.relation = 'target' AND n.entity_type = 'user'
            AND list_contains(list_transform(classes, lambda c: c.class || ' ' || c.object), 'credential_made password'))
),
used AS (
    SELECT
        session_id,
        access_key_id,
        min(event_time) AS first_use,
        max(event_time) AS last_use,
        count(*) AS uses
    FROM events
    WHERE access_key_id IN (SELECT entity_value FROM created WHERE entity_type = 'access_key')
    GROUP BY session_id, access_key_id
),
links AS (
    SELECT
        c.method, 'access_key' AS credential_type, c.entity_value AS credential, c.event_time AS made_at, c.event_id,
        c.session_id AS maker_session_id, c.principal AS maker, u.session_id, u.first_use, u.last_use, u.uses,
        -- The keys of a role's session expire; only other keys are a form of persistence.
        COALESCE(list_contains(list_transform(c.classes, lambda c: c.class), 'persistence'), FALSE) AS made
    FROM created AS c
    JOIN used AS u ON u.access_key_id = c.entity_value
    WHERE c.entity_type = 'access_key'
    UNION ALL
    SELECT
        c.method, CASE c.method WHEN 'CreateUser' THEN 'user' ELSE 'password' END, c.entity_value, c.event_time, c.event_id,
        c.session_id, c.principal, s.session_id, s.first_time, s.last_time, s.events, TRUE
    FROM created AS c
    JOIN sessions AS s
        ON s.principal = c.entity_value AND s.identity_type = 'IAMUser' AND s.account_id = c.account_id
        AND s.last_time >= c.event_time
    WHERE c.entity_type = 'user' AND (c.method = 'CreateUser' OR s.console)
    UNION ALL
    SELECT
        c.method, c.entity_type, c.name, c.event_time, c.event_id, c.session_id, c.principal,
        s.session_id, s.first_time, s.last_time, s.events, FALSE
    FROM created AS c
    JOIN sessions AS s
        ON s.identity_type = 'AssumedRole' AND split_part(s.principal, '/', 2) = c.name AND s.account_id = c.account_id
        AND s.last_time >= c.event_time
    WHERE c.entity_type IN ('instance', 'function')
    UNION ALL
    SELECT
        e.event_name, 'role', e.principal, e.event_time, e.event_id, m.session_id, m.principal, e.session_id,
        s.first_time, s.last_time, s.events, FALSE
    FROM events AS e
    JOIN sessions AS m
        ON m.principal_arn = (e.extra->>'$.additionalEventData.SwitchFrom')
        AND e.event_time BETWEEN m.first_time AND m.last_time + INTERVAL 12 HOUR
    JOIN sessions AS s ON s.session_id = e.session_id
    WHERE e.event_key = 'signin:SwitchRole' AND e.outcome = 'succeeded'
)
SELECT
    l.method, l.credential_type, l.credential, l.made_at, l.event_id, l.maker_session_id, l.maker, l.session_id,
    s.principal AS user, l.first_use, l.last_use, l.uses, l.made
FROM links AS l
LEFT JOIN sessions AS s USING (session_id)
WHERE l.maker_session_id <> l.session_id
QUALIFY row_number() OVER (
    PARTITION BY l.credential_type, l.credential, l.session_id, l.maker_session_id ORDER BY l.made_at, l.event_id
) = 1;
