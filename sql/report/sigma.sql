-- One row per saved Sigma rule that matches events in the report, with the first few clicks and calls that the events
-- belong to.
WITH hits AS (
    SELECT
        h.rule_id, h.title, h.level, h.level_number, COALESCE(h.click, h.summary) AS what, t.principal,
        min(h.event_time) AS time, count(*) AS events, COALESCE(h.signal_id, h.event_id) AS id
    FROM sigma_hits AS h
    JOIN reported AS t USING (event_id)
    GROUP BY ALL
)
SELECT
    row_number() OVER (ORDER BY level_number DESC NULLS LAST, count(*) DESC, title, rule_id) AS place,
    title,
    level,
    sum(events)::BIGINT AS events,
    count(*) AS clicks,
    list({'time': epoch_us(time), 'principal': principal, 'what': what} ORDER BY time, id)[:3] AS shown
FROM hits
GROUP BY rule_id, title, level, level_number
