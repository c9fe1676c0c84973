-- Denied calls, one row per session, page and call. title is NULL for calls outside the console and for calls without a
-- signal.
-- @order first_time, event_id
-- @tables events signals
-- @column first_time Time of the first attempt (UTC)
-- @column last_time Time of the last attempt (UTC)
-- @column attempts Number of denied calls
-- @column error_codes Error codes, sorted
-- @column error_message One of the error messages
-- @column class 'click', 'background', 'residual', 'command' or 'programmatic', as in event_signals
-- @column signals Number of signals that the calls belong to
-- @column event_id The first attempt: events.event_id
CREATE OR REPLACE VIEW denied_attempts AS
SELECT
    account_id,
    principal,
    session_id,
    title,
    event_key,
    class,
    min(event_time) AS first_time,
    max(event_time) AS last_time,
    count(*) AS attempts,
    list_sort(list(DISTINCT error_code)) AS error_codes,
    min(error_message) AS error_message,
    count(DISTINCT signal_id) AS signals,
    arg_min(event_id, (event_time, event_id)) AS event_id
FROM event_signals
WHERE denied
GROUP BY account_id, principal, session_id, title, event_key, class;
