-- The server's in-memory tables for a case, created once at startup and read by the other files in this folder.
-- setup_timeline.sql and setup_entities.sql later create the tables that take longer.
ATTACH ':memory:' AS served (READ_WRITE);

-- One row per use of a credential that another session created, per session behind another session, and per source of
-- data that left.
CREATE TABLE served.links AS FROM credential_links;
CREATE TABLE served.chains AS FROM actor_chains;
CREATE TABLE served.data_out AS FROM data_out;

-- A count as text; NULL if it is zero.
CREATE MACRO served.some(n, one, many) AS
    CASE WHEN n = 1 THEN '1 ' || one WHEN n > 1 THEN n || ' ' || many END;

-- A finding without its number, identical for singular and plural: `2 secret reads` becomes `secret read`.
CREATE MACRO served.plain(text) AS regexp_replace(regexp_replace(text, '^[0-9]+ ', ''), 's\b', '', 'g');

-- One row per reason why an event stands out, with what one and several such events are called. src/present/report uses the
-- same words.
CREATE TABLE served.reasons AS
FROM (
    VALUES
        (1, 'credential_use', 'use of credentials from another network', 'uses of credentials from another network'),
        (2, 'defense_impairment', 'log or detector change', 'log or detector changes'),
        (3, 'data_exposure', 'data exposure', 'data exposures'),
        (4, 'credential_made', 'credential creation', 'credential creations'),
        (5, 'secret_read', 'secret read', 'secret reads'),
        (6, 'privilege_change', 'identity or permission change', 'identity or permission changes'),
        (7, 'exfiltration', 'data export', 'data exports'),
        (8, 'impact', 'destructive or costly call', 'destructive or costly calls'),
        (9, 'persistence', 'persistence change', 'persistence changes'),
        (10, 'execution', 'code or command execution', 'code or command executions'),
        (11, 'token_issued', 'token request', 'token requests'),
        (12, 'secret_stored', 'secret write', 'secret writes')
) AS reason (place, reason, one, many);

-- One row per session, with its findings as numbers and as text.
CREATE TABLE served.sessions AS
SELECT
    s.*,
    w.weight,
    w.findings,
    w.attempts,
    w.privilege_changes,
    w.credentials_made,
    w.defenses_weakened,
    w.data_exposed,
    w.secrets_read,
    w.destroyed,
    list_filter(list_concat([
        CASE WHEN s.identity_type = 'Root' THEN 'the root user' END,
        CASE WHEN w.by_made_credential THEN 'uses a credential created by ' || COALESCE(m.makers, 'another session') END,
        CASE WHEN s.console AND NOT s.mfa THEN 'no MFA' END,
        served.some(i.failures, 'failed sign-in', 'failed sign-ins'),
        CASE WHEN s.console AND s.first_time = f.first_console AND f.first_seen < s.first_time - INTERVAL 1 HOUR
            THEN 'first console session of this identity' END,
        CASE WHEN len(s.ips) > 1 THEN len(s.ips) || ' addresses' END,
    ], COALESCE(r.texts, []), [
        served.some(o.objects, 'object downloaded', 'objects downloaded'),
        served.some(w.attempts, 'attempt', 'attempts'),
        served.some(w.denied, 'denied call', 'denied calls'),
        served.some(k.commands, 'command typed', 'commands typed'),
        CASE WHEN s.console THEN served.some(s.unexplained_events, 'event without a signal', 'events without a signal') END
    ]), lambda text: text IS NOT NULL) AS stands_out
FROM session_summary AS s
LEFT JOIN session_findings AS w USING (session_id)
LEFT JOIN (
    -- An event with several reasons counts for each, as in the facets and the report.
    SELECT session_id, list(served.some(n, one, many) ORDER BY place) AS texts
    FROM (
        SELECT f.session_id, r.place, count(DISTINCT f.event_id) AS n
        FROM findings AS f
        JOIN served.reasons AS r USING (reason)
        WHERE f.outcome = 'succeeded'
        GROUP BY ALL
    )
    JOIN served.reasons USING (place)
    GROUP BY session_id
) AS r USING (session_id)
LEFT JOIN (
    SELECT
        session_id,
        string_agg(DISTINCT COALESCE(maker, 'unknown'), ', ' ORDER BY COALESCE(maker, 'unknown')) AS makers
    FROM served.links
    WHERE credential_type IN ('access_key', 'user', 'password')
    GROUP BY session_id
) AS m USING (session_id)
LEFT JOIN (
    SELECT account_id, principal, min(first_time) AS first_seen, min(first_time) FILTER (console) AS first_console
    FROM sessions
    GROUP BY account_id, principal
) AS f ON f.account_id IS NOT DISTINCT FROM s.account_id AND f.principal IS NOT DISTINCT FROM s.principal
LEFT JOIN (
    SELECT session_id, count(*) AS failures FROM sign_ins WHERE result = 'failure' GROUP BY session_id
) AS i USING (session_id)
LEFT JOIN (
    SELECT session_id, sum(objects)::BIGINT AS objects FROM served.data_out WHERE how = 'downloaded' GROUP BY session_id
) AS o USING (session_id)
LEFT JOIN (
    SELECT session_id, count(*) AS commands FROM signals WHERE kind = 'command' GROUP BY session_id
) AS k USING (session_id);
