-- Who opened many console pages in a short time?
-- tactic: discovery
-- techniques: T1538
-- hit: someone opened many different pages, as a person unfamiliar with the account would. There is one row per
--   session, for the time window in which it opened the most pages.
-- false positives: an administrator on a busy day; compare with the identity's activity on other days.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE pages = 8; -- minimum number of distinct pages
SET VARIABLE minutes = 10; -- time window, in minutes
WITH opened AS (
    SELECT session_id, signal_id, rule_id, title, first_time, last_time
    FROM signals
    WHERE kind IN ('view', 'list') AND first_time BETWEEN getvariable('since') AND getvariable('until')
), stretches AS (
    SELECT *, count(DISTINCT rule_id) OVER stretch AS many, min(first_time) OVER stretch AS since
    FROM opened
    -- Few sessions have that many pages at all.
    WHERE session_id IN (
        SELECT session_id FROM opened GROUP BY session_id HAVING count(DISTINCT rule_id) >= getvariable('pages')
    )
    WINDOW stretch AS (
        PARTITION BY session_id ORDER BY first_time
        RANGE BETWEEN to_minutes(getvariable('minutes')) PRECEDING AND CURRENT ROW
    )
), fullest AS (
    SELECT *
    FROM stretches
    WHERE many >= getvariable('pages')
    QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY many DESC, first_time, signal_id) = 1
)
SELECT f.since AS time, x.principal, format('Opened {} different pages', f.many) AS what, list(DISTINCT o.title ORDER BY o.title) AS pages,
    f.last_time, x.ips AS source_ips, x.account_id, f.session_id, f.signal_id
FROM fullest AS f
JOIN sessions AS x USING (session_id)
JOIN opened AS o ON o.session_id = f.session_id AND o.first_time BETWEEN f.since AND f.first_time
WHERE coalesce(x.principal, '') LIKE getvariable('principal')
GROUP BY ALL
ORDER BY time, f.signal_id;
