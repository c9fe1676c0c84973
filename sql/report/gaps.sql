-- What the events in the case do not cover, one row per kind of gap, with the first few sentences. Includes only gaps for
-- the accounts of the searched sessions, and what was not loaded.
SELECT
    gap,
    count(*) AS gaps,
    list(summary ORDER BY events DESC, first_time, summary)[:5] AS examples
FROM trail_gaps
WHERE (account_id IS NULL OR account_id IN (SELECT account_id FROM searched))
    AND COALESCE(last_time, 'infinity'::TIMESTAMP) >= getvariable('since')
    AND COALESCE(first_time, '-infinity'::TIMESTAMP) < getvariable('until')
GROUP BY gap
ORDER BY list_position(
    ['logging', 'hours', 'region', 'category', 'data events', 'partial records', 'not loaded'], gap
)
