-- Events that stand out, one row per event and reason, regardless of the client that made the call. The session list, the
-- report and the page use this definition. Background activity by the console and by services is excluded, as are
-- calls that a service makes on behalf of a principal. Denied and failed attempts are included; see outcome.
-- Data events, such as reads of individual objects, are in data_out and event_classes instead, because programs
-- generate many of them. Two kinds of findings are based on several events (derived_findings): the first use of an
-- instance's or function's credentials from another network, and the first download by a session that used a credential
-- created in the case.
-- @order event_time, event_id, class
-- @tables events addresses
-- @column class The class from event_classes, or 'credential_use'
-- @column reason Same as class, except 'secret_stored' for a secret or parameter that was stored, and 'token_issued' for a token. The page, the report and session_findings count by this column
-- @column effect What was done. The values depend on the class
-- @column object What was affected. The values depend on the class. NULL if the class does not specify it
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
    CASE
        WHEN c.class = 'credential_made' AND c.object IN ('secret', 'parameter') THEN 'secret_stored'
        WHEN c.class = 'credential_made' AND c.object = 'token' THEN 'token_issued'
        ELSE c.class
    END AS reason,
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
    FROM derived_findings AS x
    JOIN events AS e USING (event_id)
    LEFT JOIN event_signal AS s USING (event_id)
) AS c
LEFT JOIN addresses AS a ON a.address = c.source_ip;
