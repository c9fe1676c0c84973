-- The events of the signal $1. If $2 is not empty, only events of the call $2.
SELECT event_id, event_time, event_key, role, source_ip, user_agent, error_code, region, read_only
FROM signal_events
WHERE signal_id = $1 AND $2 IN ('', event_key)
