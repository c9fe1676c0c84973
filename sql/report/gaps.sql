-- What the events in the case do not cover, one row per kind of gap, with the first few sentences. Includes only gaps for
-- the accounts of the searched sessions, and what was not loaded. Sentences about a resource that several of these accounts
-- name include the account.
WITH gaps AS (
    SELECT
        *,
        gap = 'data events' AND min(account_id) OVER same <> max(account_id) OVER same AS shared
    FROM trail_gaps
    WHERE (account_id IS NULL OR account_id IN (SELECT account_id FROM searched))
        AND COALESCE(last_time, 'infinity'::TIMESTAMP) >= getvariable('since')
        AND COALESCE(first_time, '-infinity'::TIMESTAMP) < getvariable('until')
    WINDOW same AS (PARTITION BY gap, name)
)
SELECT
    gap,
    count(*) AS gaps,
    list(
        CASE WHEN shared THEN concat('Account ', account_id, ': ', summary) ELSE summary END
        ORDER BY events DESC, first_time, summary
    )[:5] AS examples
FROM gaps
GROUP BY gap
ORDER BY list_position(
    ['logging', 'hours', 'region', 'category', 'data events', 'partial records', 'not loaded'], gap
)
