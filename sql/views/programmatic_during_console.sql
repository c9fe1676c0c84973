-- Programs that used an identity during its console session, from an address that the console was not used from. One row
-- per session, address and key. Possible explanations are a VPN, a server or stolen credentials.
-- @order first_time, session_id, source_ip, access_key_id
-- @tables events
-- @column session_id The console session: sessions.session_id
-- @column console_ips Addresses that the console was used from in the session, sorted
-- @column first_time Time of the program's first call while the session was open (UTC)
-- @column last_time Time of the program's last call while the session was open (UTC)
-- @column events Number of the program's calls while the session was open
-- @column clients Kinds of clients used, sorted
-- @column event_keys API calls, sorted
-- @column failed Number of the program's calls that were denied or failed
CREATE OR REPLACE VIEW programmatic_during_console AS
WITH open_sessions AS (
    SELECT
        x.session_id,
        x.account_id,
        x.principal,
        min(e.event_time) AS opened,
        max(e.event_time) AS closed,
        list_sort(list(DISTINCT e.source_ip)) AS console_ips
    FROM sessions AS x
    JOIN events AS e USING (session_id)
    WHERE x.console AND COALESCE(e.client::VARCHAR, 'unknown') NOT IN ('cli', 'sdk', 'agent', 'service', 'cloudshell')
        AND e.network IS NOT NULL
    GROUP BY x.session_id, x.account_id, x.principal
)
SELECT
    o.session_id,
    o.account_id,
    o.principal,
    o.console_ips,
    e.source_ip,
    e.access_key_id,
    min(e.event_time) AS first_time,
    max(e.event_time) AS last_time,
    count(*) AS events,
    list_sort(list(DISTINCT e.client::VARCHAR)) AS clients,
    list_sort(list(DISTINCT e.event_key)) AS event_keys,
    count(*) FILTER (e.outcome IN ('denied', 'failed')) AS failed
FROM open_sessions AS o
JOIN events AS e
    ON e.account_id = o.account_id AND e.principal = o.principal AND e.event_time BETWEEN o.opened AND o.closed
WHERE e.client IN ('cli', 'sdk', 'agent')
    AND e.network IS NOT NULL
    AND NOT list_contains(o.console_ips, e.source_ip)
GROUP BY o.session_id, o.account_id, o.principal, o.console_ips, e.source_ip, e.access_key_id;
