-- One row per API call that the console made without a signal.
SELECT
    row_number() OVER (ORDER BY count(*) DESC, event_key) AS place,
    event_key,
    count(*) AS events,
    count(DISTINCT session_id) AS sessions,
    epoch_us(min(event_time)) AS first_time
FROM reported
WHERE class = 'residual'
GROUP BY event_key
