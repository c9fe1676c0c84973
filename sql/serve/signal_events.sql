-- The events of the signal $1; only of the call $2, unless that is empty.
SELECT event_id, event_time, event_key, role, source_ip, user_agent, error_code, region, read_only
FROM signal_events
WHERE signal_id = $1 AND $2 IN ('', event_key)
