-- Saved hits of Sigma rules, with their signals and sessions. `cartographer hunt --sigma PATH --save` saves the hits. The
-- sigma entry in case_info records the number of rules that were run and of events that were searched.
-- @order event_time, event_id, rule_id
-- @tables sigma_matches events signals
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column click Description of the signal: signals.summary
CREATE OR REPLACE VIEW sigma_hits AS
SELECT
    m.rule_id,
    m.title,
    m.level,
    m.level_number,
    m.tags,
    e.event_time,
    e.account_id,
    e.principal,
    e.source_ip,
    e.event_key,
    e.outcome,
    e.summary,
    es.signal_id,
    s.summary AS click,
    e.session_id,
    e.event_id
FROM sigma_matches AS m
JOIN events AS e USING (event_id)
LEFT JOIN event_signal AS es USING (event_id)
LEFT JOIN signals AS s USING (signal_id);
