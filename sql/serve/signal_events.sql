-- The events of one signal.
SELECT event_id, event_time, event_key, role, source_ip, user_agent, error_code, region, read_only
FROM signal_events
WHERE signal_id = $1
