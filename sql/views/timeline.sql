-- One row is one signal, one event that no signal explains, or one aggregated event. Order it by (time, id).
-- class: 'click', 'background', 'residual' or 'programmatic', as in event_signals; 'aggregated' for an aggregated event,
-- which counts calls in a window of time and names no caller.
-- @order time, id
-- @tables signals events aggregated_events addresses
-- @column time When it began, UTC
-- @column last_time When it ended, UTC
-- @column entry 'signal', 'event' or 'aggregate'
-- @column class 'click', 'background', 'residual', 'programmatic' or 'aggregated'
-- @column kind What was done, in the coarsest terms: of a signal its kind; of an event secret, delete, create, change or view
-- @column writes Whether it changed something, or tried to
-- @column source_ip The address the anchor's or the event's call came from
-- @column title Where in the console, or the call
-- @column summary One sentence: what was done, or tried
-- @column account_id The account it happened in
-- @column principal A short name of who it is: alice, Admin/bob, root
-- @column session_id The session it happened in: sessions.session_id
-- @column events How many events it stands for
-- @column id signals.signal_id, events.event_id or aggregated_events.event_id
-- @column error_code Why the anchor's or the event's call failed; NULL if it did not
-- @column failed_events How many of its events were denied or failed
-- @column stands_out Whether an event has a class, or makes an identity, a credential or a grant, as in event_signals; FALSE for signals
-- @column resources The things that an event's call names, joined by commas; NULL for signals
-- @column bytes_out How many bytes of an object an event downloaded; NULL for signals, and where the trail does not say
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
    a.error_code,
    s.kind >= 'change'::signal_kind AS writes,
    a.source_ip,
    d.country,
    d.asn,
    d.owner,
    d.cloud,
    d.cloud_service,
    d.cloud_region,
    COALESCE(f.failed_events, 0) AS failed_events,
    FALSE AS stands_out,
    NULL AS resources,
    NULL AS bytes_out
FROM signals AS s
LEFT JOIN sessions AS x USING (session_id)
LEFT JOIN events AS a ON a.event_id = s.anchor_event_id
LEFT JOIN addresses AS d ON d.address = a.source_ip
LEFT JOIN (
    SELECT es.signal_id, count(*) AS failed_events
    FROM events AS e
    JOIN event_signal AS es USING (event_id)
    WHERE e.outcome IN ('denied', 'failed')
    GROUP BY es.signal_id
) AS f ON f.signal_id = s.signal_id
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
    call_kind AS kind,
    service,
    event_key AS title,
    summary,
    NULL AS confidence,
    NULL AS origin,
    1 AS events,
    event_id AS id,
    NULL AS url,
    error_code,
    read_only IS FALSE AS writes,
    source_ip,
    country,
    asn,
    owner,
    cloud,
    cloud_service,
    cloud_region,
    CASE WHEN outcome IN ('denied', 'failed') THEN 1 ELSE 0 END AS failed_events,
    stands_out,
    resources,
    bytes_out
FROM event_signals
WHERE signal_id IS NULL
UNION ALL
SELECT
    window_start AS time,
    window_end AS last_time,
    'aggregate' AS entry,
    'aggregated' AS class,
    NULL AS session_id,
    account_id,
    NULL AS principal,
    region,
    NULL AS kind,
    regexp_replace(event_source, '\.amazonaws\.com(\.cn)?$', '') AS service,
    'Aggregated event' AS title,
    concat(
        'CloudTrail counted calls to ', COALESCE(event_source, 'a service'),
        ' by ' || dimension,
        ' until ' || strftime(window_end, '%Y-%m-%d %H:%M:%S'),
        '; the callers and times are not recorded'
    ) AS summary,
    NULL AS confidence,
    NULL AS origin,
    1 AS events,
    event_id AS id,
    NULL AS url,
    NULL AS error_code,
    FALSE AS writes,
    NULL AS source_ip,
    NULL AS country,
    NULL AS asn,
    NULL AS owner,
    NULL AS cloud,
    NULL AS cloud_service,
    NULL AS cloud_region,
    0 AS failed_events,
    FALSE AS stands_out,
    NULL AS resources,
    NULL AS bytes_out
FROM aggregated_events;
