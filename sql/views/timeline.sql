-- The timeline: signals, events that do not belong to a signal, and aggregated events. Order it by (time, id). class is
-- 'click', 'background', 'residual' or 'programmatic', as in event_signals, or 'aggregated' for an aggregated event,
-- which counts calls in a time window and has no caller.
-- @order time, id
-- @tables signals events aggregated_events addresses sigma_matches
-- @column time Start time (UTC)
-- @column last_time End time (UTC)
-- @column entry 'signal', 'event' or 'aggregate'
-- @column class 'click', 'background', 'residual', 'programmatic' or 'aggregated'
-- @column kind General kind of action: the kind of a signal, or secret, delete, create, change or view for an event. To rank rows, compare severity
-- @column severity The kind as a number, for ranking: 0 background, 1 view, 2 list, 3 login, 4 session, 5 command, 6 change, 7 create, 8 delete, 9 secret. NULL if there is no kind
-- @column writes Whether the signal or event changed something, or tried to
-- @column source_ip Address of the caller. For a signal, the caller of its anchor event
-- @column title Console page, or the call
-- @column summary Description in one sentence. Failed calls are described as attempts. If an event is a derived finding, what the events together show
-- @column account_id Account of the event
-- @column principal Short name of the caller: alice, Admin/bob, root
-- @column session_id The session: sessions.session_id
-- @column events Number of events
-- @column id signals.signal_id, events.event_id or aggregated_events.event_id
-- @column error_code Error code of the event. For a signal, the error code of its anchor event. NULL if the call did not fail
-- @column failed_events Number of events that were denied or failed
-- @column stands_out Whether an event has a class or creates an identity, a credential, a stored secret or a grant, as in event_signals, or is a derived finding (derived_findings). For a signal, whether one of its events is a derived finding
-- @column resources Resources that an event's call names, separated by commas. NULL for signals
-- @column sigma Titles of the Sigma rules with saved hits on the event or on one of the signal's events. NULL if there are none
-- @column sigma_level Highest level of the Sigma rules with saved hits. NULL if there are none
-- @column bytes_out Number of bytes that an event downloaded from an object. NULL for signals, and if the record does not contain the number
CREATE OR REPLACE VIEW timeline AS
WITH derived AS MATERIALIZED (
    SELECT event_id, string_agg(summary, '; ' ORDER BY class) AS summary
    FROM derived_findings
    GROUP BY event_id
)
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
    s.severity,
    s.service,
    s.title,
    concat_ws('; ', s.summary, h.derived) AS summary,
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
    h.signal_id IS NOT NULL AS stands_out,
    NULL AS resources,
    NULL AS bytes_out,
    g.sigma,
    g.sigma_level
FROM signals AS s
LEFT JOIN sessions AS x USING (session_id)
LEFT JOIN events AS a ON a.event_id = s.anchor_event_id
LEFT JOIN addresses AS d ON d.address = a.source_ip
LEFT JOIN (
    SELECT es.signal_id, count(*) AS failed_events
    FROM (
        -- Separate branches: DuckDB skips rows for one value, but not for several.
        SELECT event_id FROM events WHERE outcome = 'denied'
        UNION ALL
        SELECT event_id FROM events WHERE outcome = 'failed'
    )
    JOIN event_signal AS es USING (event_id)
    GROUP BY es.signal_id
) AS f ON f.signal_id = s.signal_id
LEFT JOIN (
    SELECT es.signal_id, list_sort(list(DISTINCT m.title)) AS sigma, arg_max(m.level, m.level_number) AS sigma_level
    FROM sigma_matches AS m
    JOIN event_signal AS es USING (event_id)
    GROUP BY es.signal_id
) AS g ON g.signal_id = s.signal_id
LEFT JOIN (
    SELECT es.signal_id, string_agg(d.summary, '; ' ORDER BY d.summary) AS derived
    FROM derived AS d
    JOIN event_signal AS es USING (event_id)
    GROUP BY es.signal_id
) AS h ON h.signal_id = s.signal_id
UNION ALL
SELECT
    time,
    last_time,
    entry,
    class,
    session_id,
    account_id,
    principal,
    region,
    kind,
    CASE kind
        WHEN 'secret' THEN 9
        WHEN 'delete' THEN 8
        WHEN 'create' THEN 7
        WHEN 'change' THEN 6
        WHEN 'view' THEN 1
    END AS severity,
    service,
    title,
    COALESCE(r.summary, t.summary) AS summary,
    NULL AS confidence,
    NULL AS origin,
    events,
    id,
    NULL AS url,
    error_code,
    writes,
    source_ip,
    country,
    asn,
    owner,
    cloud,
    cloud_service,
    cloud_region,
    failed_events,
    stands_out OR r.event_id IS NOT NULL AS stands_out,
    resources,
    bytes_out,
    g.sigma,
    g.sigma_level
FROM timeline_events AS t
LEFT JOIN derived AS r ON r.event_id = t.id
LEFT JOIN (
    SELECT event_id, list_sort(list(DISTINCT title)) AS sigma, arg_max(level, level_number) AS sigma_level
    FROM sigma_matches
    GROUP BY event_id
) AS g ON g.event_id = t.id
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
    NULL AS severity,
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
    NULL AS bytes_out,
    NULL AS sigma,
    NULL AS sigma_level
FROM aggregated_events;
