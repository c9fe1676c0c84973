-- Events that stand out, one row per event and reason, regardless of the client that made the call. The session list, the
-- report and the hunts use this definition. Background activity by the console and by services is excluded, as are
-- calls that a service makes on behalf of a principal. Denied and failed attempts are included; see outcome.
-- Data events, such as reads of individual objects, are in data_out and event_classes instead, because programs
-- generate many of them. Two reasons are derived from other events. If objects were downloaded with a credential, the
-- event that created the credential has the class 'exfiltration'. The first use of an instance's or function's
-- credentials from another network has the class 'credential_use'.
-- @order event_time, event_id, class
-- @tables events addresses
-- @column class The reason: a class from event_classes, or 'credential_use'
-- @column effect What was done, in the class's terms
-- @column object What was affected, in the class's terms. NULL if the class does not specify it
-- @column target Resources that the call was applied to. NULL if it does not name any
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
CREATE OR REPLACE VIEW findings AS
SELECT
    c.event_time,
    c.account_id,
    c.region,
    c.principal,
    c.source_ip,
    a.country,
    a.owner,
    a.cloud,
    c.client,
    c.class,
    c.effect,
    c.object,
    c.target,
    c.event_key,
    c.summary,
    c.outcome,
    c.error_code,
    c.techniques,
    c.session_id,
    c.signal_id,
    c.event_id
FROM (
    SELECT
        event_time, account_id, region, principal, source_ip, client, class, effect, object, target, event_key, summary,
        outcome, error_code, techniques, session_id, signal_id, event_id
    FROM event_classes
    WHERE client IS DISTINCT FROM 'service'::event_client
        AND invoked_by IS NULL
        AND kind IS DISTINCT FROM 'background'::signal_kind
        AND event_category IS DISTINCT FROM 'Data'
        AND NOT (class = 'exfiltration' AND effect = 'downloaded')
        AND NOT (class = 'impact' AND effect = 'cost' AND service = 'bedrock')
        AND NOT (class = 'privilege_change' AND effect = 'revokes')
        AND class <> 'reversal'
    UNION ALL
    SELECT
        e.event_time, e.account_id, e.region, e.principal, e.source_ip, e.client, x.class, x.effect, x.object, x.target,
        e.event_key, x.summary, e.outcome, e.error_code, e.techniques, e.session_id, s.signal_id, e.event_id
    FROM (
        SELECT
            d.event_id, 'exfiltration' AS class, 'downloaded' AS effect, 'object' AS object,
            array_to_string(d.sources, ', ') AS target, concat_ws('; ', e.summary, d.summary) AS summary
        FROM credential_downloads AS d
        JOIN events AS e USING (event_id)
        UNION ALL
        SELECT
            m.event_id, 'credential_use', 'moved', m.machine_type, m.machine,
            concat(
                'Credentials of ', m.machine_type, ' ', m.machine, ' were used from ', m.network, ', previously only from ',
                array_to_string(m.known_networks, ' and '), ': ' || e.summary
            )
        FROM moved_credentials AS m
        JOIN events AS e USING (event_id)
    ) AS x
    JOIN events AS e USING (event_id)
    LEFT JOIN event_signal AS s USING (event_id)
) AS c
LEFT JOIN addresses AS a ON a.address = c.source_ip;
