-- Sessions that used a key, password or user that another session in the case created, or a credential obtained through
-- one of them. One row per creating event and session.
-- @order made_at, session_id, event_id
-- @column event_id The event that created the credential: events.event_id
-- @column made_at Time at which the credential was created (UTC)
-- @column method The API call that created the credential
-- @column credential_type access_key, password or user
-- @column credential The key or user that was created
-- @column maker_session_id The session that created the credential: sessions.session_id
-- @column maker The principal that created the credential
-- @column session_id The session that used the credential: sessions.session_id
-- @column depth Number of credentials from the creating session to the using session. 1 if the session used the created credential itself
CREATE OR REPLACE VIEW made_credentials AS
WITH RECURSIVE
links AS MATERIALIZED (
    SELECT event_id, made_at, method, credential_type, credential, maker_session_id, maker, session_id, last_use, made
    FROM credential_links
),
uses AS (
    SELECT
        event_id, made_at, method, credential_type, credential, maker_session_id, maker, session_id,
        1 AS depth,
        [maker_session_id, session_id] AS visited
    FROM links
    WHERE made
    UNION ALL
    SELECT
        u.event_id, u.made_at, u.method, u.credential_type, u.credential, u.maker_session_id, u.maker, l.session_id,
        u.depth + 1,
        list_append(u.visited, l.session_id)
    FROM uses AS u
    JOIN links AS l ON l.maker_session_id = u.session_id
    WHERE u.depth < 8 AND l.last_use >= u.made_at AND NOT list_contains(u.visited, l.session_id)
)
SELECT * EXCLUDE (visited)
FROM uses
QUALIFY row_number() OVER (PARTITION BY event_id, session_id ORDER BY depth) = 1;
