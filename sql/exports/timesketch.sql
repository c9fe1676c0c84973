-- One row per signal, for Timesketch: message, datetime and timestamp_desc, followed by columns for searching.
SELECT
    s.summary AS message,
    s.first_time AS datetime,
    CASE WHEN s.kind = 'background' THEN 'Console background' ELSE 'Console click' END AS timestamp_desc,
    epoch_us(s.first_time) AS timestamp,
    s.kind::VARCHAR AS kind,
    s.severity,
    s.service,
    s.title,
    x.principal,
    x.account_id,
    s.region,
    a.source_ip,
    d.country,
    d.owner,
    d.cloud,
    a.user_agent,
    a.error_code,
    s.event_count AS events,
    s.confidence,
    s.origin::VARCHAR AS origin,
    array_to_string(s.attack, ' ') AS attack,
    s.url,
    s.rule_id,
    s.session_id,
    s.signal_id,
    s.anchor_event_id AS event_id,
    g.sigma
FROM signals AS s
LEFT JOIN sessions AS x USING (session_id)
LEFT JOIN events AS a ON a.event_id = s.anchor_event_id
LEFT JOIN addresses AS d ON d.address = a.source_ip
LEFT JOIN (
    SELECT es.signal_id, list_sort(list(DISTINCT m.title)) AS sigma
    FROM sigma_matches AS m
    JOIN event_signal AS es USING (event_id)
    GROUP BY es.signal_id
) AS g ON g.signal_id = s.signal_id
