-- One row per event, with the same columns as timesketch.sql.
SELECT
    e.event_key || COALESCE(' (' || e.error_code || ')', '') AS message,
    e.event_time AS datetime,
    'CloudTrail event' AS timestamp_desc,
    epoch_us(e.event_time) AS timestamp,
    NULL AS kind,
    NULL AS severity,
    e.service,
    e.event_key AS title,
    e.principal,
    e.account_id,
    e.region,
    e.source_ip,
    d.country,
    d.owner,
    d.cloud,
    e.user_agent,
    e.error_code,
    1 AS events,
    NULL AS confidence,
    NULL AS origin,
    NULL AS attack,
    NULL AS url,
    NULL AS rule_id,
    e.session_id,
    es.signal_id,
    e.event_id,
    g.sigma
FROM events AS e
LEFT JOIN event_signal AS es USING (event_id)
LEFT JOIN addresses AS d ON d.address = e.source_ip
LEFT JOIN (
    SELECT event_id, list_sort(list(DISTINCT title)) AS sigma FROM sigma_matches GROUP BY event_id
) AS g ON g.event_id = e.event_id
