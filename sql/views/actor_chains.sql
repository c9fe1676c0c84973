-- The sessions behind each session, one row per session and ancestor. An ancestor created the credential that the
-- session used, or a credential that led to it. The row for the session itself has depth 0. The row with the greatest
-- depth is the origin, as far as the trail shows.
-- @tables sessions
-- @column session_id The session: sessions.session_id
-- @column ancestor_session_id The ancestor: sessions.session_id
-- @column ancestor Principal of the ancestor
-- @column depth Number of credentials between the session and the ancestor. 0 for the session itself
-- @column chain The principals from the ancestor to the session, with the calls and credentials that led from one to the next
-- @column is_origin Whether the ancestor is the origin: no session in the case is behind it
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
