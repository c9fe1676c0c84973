-- One row is one signal, or one event that no signal explains. Order it by (time, id).
-- class: 'click', 'background', 'residual' or 'programmatic', as in event_signals.
CREATE OR REPLACE VIEW timeline AS
SELECT
    s.first_time AS time,
    s.last_time,
    'signal' AS entry,
    CASE WHEN s.kind = 'background' THEN 'background' ELSE 'click' END AS class,
    s.session_id,
    x.account_id,
    x.principal,
    s.region,
    s.kind::VARCHAR AS kind,
    s.service,
    s.title,
    s.summary,
    s.confidence,
    s.origin::VARCHAR AS origin,
    s.event_count AS events,
    s.signal_id AS id,
    s.url,
    a.error_code
FROM signals AS s
LEFT JOIN sessions AS x USING (session_id)
LEFT JOIN events AS a ON a.event_id = s.anchor_event_id
UNION ALL
SELECT
    event_time AS time,
    event_time AS last_time,
    'event' AS entry,
    class,
    session_id,
    account_id,
    principal,
    region,
    NULL AS kind,
    service,
    event_key AS title,
    concat(
        'Called ', event_name,
        ' by ' || client::VARCHAR,
        ' from ' || source_ip,
        ': ' || error_code
    ) AS summary,
    NULL AS confidence,
    NULL AS origin,
    1 AS events,
    event_id AS id,
    NULL AS url,
    error_code
FROM event_signals
WHERE signal_id IS NULL;
