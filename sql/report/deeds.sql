-- One row per finding: similar events by one actor with the same outcome and aspect. of_aspect counts the events with the
-- aspect, and tried_of_aspect counts how many of them were denied or failed. Only the first few findings of each aspect are
-- returned, starting with sessions that have the most severe findings.
SELECT
    row_number() OVER (
        ORDER BY list_position([
            'credential_use', 'defense_evasion', 'secret_read', 'credential_made', 'privilege_change', 'data_exposure', 'exfiltration',
            'impact', 'persistence', 'execution', 'token', 'stored'
        ], aspect), done DESC, weight DESC, time, what
    ) AS place,
    *
FROM (
    SELECT
        aspect,
        epoch_us(min(event_time)) AS time,
        epoch_us(max(event_time)) AS last_time,
        arg_min(principal, (event_time, event_id)) AS principal,
        count(DISTINCT session_id) AS sessions,
        arg_min(summary, (event_time, event_id)) AS what,
        outcome = 'succeeded' AS done,
        count(*) AS events,
        max(weight) AS weight,
        sum(count(*)) OVER (PARTITION BY aspect)::BIGINT AS of_aspect,
        COALESCE(sum(count(*)) FILTER (outcome <> 'succeeded') OVER (PARTITION BY aspect), 0)::BIGINT AS tried_of_aspect
    FROM (
        SELECT
            *,
            -- Up to three similar events are listed individually.
            CASE
                WHEN count(*) OVER (
                    PARTITION BY aspect, account_id, actor, event_key, effect, object, outcome
                ) <= 3 THEN summary
            END AS alone
        FROM standing
    )
    GROUP BY aspect, account_id, actor, event_key, effect, object, outcome, alone
    QUALIFY row_number() OVER (
        PARTITION BY aspect ORDER BY outcome = 'succeeded' DESC, max(weight) DESC, min(event_time)
    ) <= 20
)
