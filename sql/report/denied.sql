-- One row per group of similar denied calls by one actor: calls that a click, a command or a program was meant to make
-- (aimed), or other requests that pages made while they opened. The first few of each sort are returned; calls_of_sort
-- counts all of them.
SELECT
    row_number() OVER (ORDER BY aimed DESC, weight DESC, kind DESC NULLS LAST, calls DESC, time, what) AS place,
    *
FROM (
    SELECT
        aimed,
        CASE WHEN aimed THEN arg_min(what, (event_time, event_id)) ELSE event_key END AS what,
        event_key,
        arg_min(event_id, (event_time, event_id)) AS event_id,
        epoch_us(min(event_time)) AS time,
        CASE WHEN aimed THEN arg_min(principal, (event_time, event_id)) END AS principal,
        max(kind)::VARCHAR AS kind,
        max(weight) AS weight,
        count(*) AS calls,
        sum(count(*)) OVER (PARTITION BY aimed)::BIGINT AS calls_of_sort
    FROM (
        SELECT
            COALESCE(s.error_code IS NOT NULL OR t.class IN ('residual', 'programmatic', 'command'), FALSE) AS aimed,
            t.summary AS what,
            CASE WHEN aimed THEN x.actor END AS actor,
            CASE WHEN aimed THEN x.account_id END AS account_id,
            CASE WHEN aimed THEN x.weight ELSE 0 END AS weight,
            CASE WHEN s.error_code IS NOT NULL THEN s.kind END AS kind,
            x.principal, t.event_key, t.event_time, t.event_id
        FROM reported AS t
        JOIN chosen AS x USING (session_id)
        LEFT JOIN clicked AS s USING (signal_id)
        WHERE t.denied
    ) AS refused
    GROUP BY aimed, actor, account_id, event_key
    QUALIFY row_number() OVER (PARTITION BY aimed ORDER BY max(weight) DESC, count(*) DESC, min(event_time)) <= 12
)
