-- One row is one call that one session was denied on one page, however often it tried.
-- A call outside the console, or one that no page explains, has no page: title is NULL.
-- @order first_time, event_id
-- @tables events signals
-- @column first_time The first attempt, UTC
-- @column last_time The last attempt, UTC
-- @column attempts How often it was denied
-- @column error_codes The reasons given, sorted
-- @column error_message One of the reasons in words
-- @column class How the attempts were made: 'click', 'background', 'residual', 'command' or 'programmatic'
-- @column signals How many signals the attempts belong to
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
