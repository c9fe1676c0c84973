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

-- A finding without its number, identical for singular and plural: `2 secrets read` becomes `secret read`.
CREATE MACRO served.plain(text) AS regexp_replace(regexp_replace(text, '^[0-9]+ ', ''), 's\b', '', 'g');

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
    list_filter([
        CASE WHEN s.identity_type = 'Root' THEN 'the root user' END,
        CASE WHEN w.by_made_credential THEN 'uses a credential created by ' || COALESCE(m.makers, 'another session') END,
        CASE WHEN s.console AND NOT s.mfa THEN 'no MFA' END,
        served.some(i.failures, 'failed sign-in', 'failed sign-ins'),
        CASE WHEN s.console AND s.first_time = f.first_console AND f.first_seen < s.first_time - INTERVAL 1 HOUR
            THEN 'first console session of this identity' END,
        CASE WHEN len(s.ips) > 1 THEN len(s.ips) || ' addresses' END,
        served.some(w.defenses_weakened, 'defense weakened', 'defenses weakened'),
        served.some(w.data_exposed, 'resource exposed', 'resources exposed'),
        served.some(w.credentials_made, 'credential created', 'credentials created'),
        served.some(w.secrets_read, 'secret read', 'secrets read'),
        served.some(w.privilege_changes, 'privilege change', 'privilege changes'),
        served.some(w.destroyed, 'resource destroyed', 'resources destroyed'),
        served.some(w.findings - w.defenses_weakened - w.data_exposed - w.credentials_made - w.secrets_read
            - w.privilege_changes - w.destroyed, 'other finding', 'other findings'),
        served.some(o.objects, 'object downloaded', 'objects downloaded'),
        served.some(w.credential_objects, 'object downloaded with a credential created here',
            'objects downloaded with a credential created here'),
        served.some(w.attempts, 'failed attempt', 'failed attempts'),
        served.some(w.denied, 'call denied', 'calls denied'),
        served.some(k.commands, 'command typed', 'commands typed'),
        CASE WHEN s.console THEN served.some(s.unexplained_events, 'event unexplained', 'events unexplained') END
    ], lambda text: text IS NOT NULL) AS stands_out
FROM session_summary AS s
LEFT JOIN session_findings AS w USING (session_id)
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
