-- One row is one session that stands behind another: it made the credential that the other used, or one that led to it.
-- depth 0 is the session itself. The origin, who is behind a session as far as the trail shows, has the greatest depth.
-- @tables sessions
-- @column session_id The session: sessions.session_id
-- @column ancestor_session_id The session that stands behind it
-- @column ancestor Who that is
-- @column depth How many credentials lie between them; 0 for the session itself
-- @column chain From the ancestor to the session: who, and how each became the next
-- @column is_origin Whether no session of the case stands behind the ancestor
CREATE OR REPLACE VIEW actor_chains AS
WITH RECURSIVE
links AS MATERIALIZED (
    SELECT DISTINCT ON (session_id, maker_session_id)
        session_id, maker_session_id, maker, method, credential
    FROM credential_links
    ORDER BY session_id, maker_session_id, made_at, event_id
),
chains AS (
    SELECT
        session_id,
        session_id AS ancestor_session_id,
        principal AS ancestor,
        0 AS depth,
        COALESCE(principal, 'unknown') AS chain,
        [session_id] AS visited
    FROM sessions
    UNION ALL
    SELECT
        c.session_id,
        l.maker_session_id,
        l.maker,
        c.depth + 1,
        concat(COALESCE(l.maker, 'unknown'), ' > ', l.method, ' ', l.credential, ' > ', c.chain),
        list_append(c.visited, l.maker_session_id)
    FROM chains AS c
    JOIN links AS l ON l.session_id = c.ancestor_session_id
    WHERE c.depth < 8 AND NOT list_contains(c.visited, l.maker_session_id)
)
SELECT
    c.session_id,
    c.ancestor_session_id,
    c.ancestor,
    c.depth,
    c.chain,
    l.session_id IS NULL AS is_origin
FROM chains AS c
LEFT JOIN (SELECT DISTINCT session_id FROM links) AS l ON l.session_id = c.ancestor_session_id;
