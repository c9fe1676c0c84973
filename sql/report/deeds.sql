-- One row per finding: similar events by one actor with the same outcome and aspect. of_aspect counts the events with the
-- aspect, tried_of_aspect counts how many of them were denied or failed, and covered_of_aspect how many are listed only
-- under a more severe aspect. Only the first few findings of each aspect are returned, starting with sessions that have
-- the most severe findings.
SELECT
    row_number() OVER (
        ORDER BY list_position([
            'credential_use', 'defense_impairment', 'secret_read', 'credential_made', 'privilege_change', 'data_exposure', 'exfiltration',
            'impact', 'persistence', 'execution', 'token_issued', 'secret_stored'
        ], aspect), covered, done DESC, weight DESC, time, what
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
        arg_min(event_id, (event_time, event_id)) AS event_id,
        event_key,
        outcome = 'succeeded' AS done,
        covered,
        count(*) AS events,
        max(weight) AS weight,
        any_value(of_aspect) AS of_aspect,
        any_value(tried_of_aspect) AS tried_of_aspect,
        any_value(covered_of_aspect) AS covered_of_aspect
    FROM (
        SELECT
            *,
            -- Up to three similar events are listed individually.
            CASE
                WHEN count(*) OVER (
                    PARTITION BY aspect, account_id, actor, event_key, effect, object, outcome, covered
                ) <= 3 THEN summary
            END AS alone
        FROM (
            SELECT
                *,
                count(DISTINCT event_id) OVER of_aspect AS of_aspect,
                count(DISTINCT event_id) FILTER (outcome <> 'succeeded') OVER of_aspect AS tried_of_aspect,
                count(DISTINCT event_id) FILTER (covered) OVER of_aspect AS covered_of_aspect
            FROM standing
            WINDOW of_aspect AS (PARTITION BY aspect)
        )
    )
    GROUP BY aspect, account_id, actor, event_key, effect, object, outcome, covered, alone
    QUALIFY row_number() OVER (
        PARTITION BY aspect ORDER BY covered, outcome = 'succeeded' DESC, max(weight) DESC, min(event_time)
    ) <= 20
)
