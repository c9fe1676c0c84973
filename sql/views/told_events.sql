-- One row is one event, with a sentence that tells it: that of the click that explains it, else what was called.
-- @tables events signals
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column role Its part in that signal
-- @column class How it was made, as in event_signals
-- @column what The sentence
-- @column network The address without its end: /24, or /48 of IPv6; NULL where a service's name stands instead
CREATE OR REPLACE VIEW told_events AS
SELECT
    e.*,
    COALESCE(
        s.summary,
        concat('Called ', e.event_name, ' by ' || e.client::VARCHAR, ' from ' || e.source_ip, ': ' || e.error_code)
    ) AS what,
    NULLIF(regexp_extract(e.source_ip, '^([0-9]+\.[0-9]+\.[0-9]+|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F]*)[.:]', 1), '')
        AS network
FROM event_signals AS e
LEFT JOIN signals AS s USING (signal_id);
