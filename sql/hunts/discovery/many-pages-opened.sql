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
    SELECT s.* EXCLUDE (principal, account_id), x.principal, x.ips, x.account_id, count(DISTINCT s.rule_id) OVER stretch AS many,
        list(DISTINCT s.title) OVER stretch AS pages, min(s.first_time) OVER stretch AS since
    FROM signals AS s
    JOIN sessions AS x USING (session_id)
    WHERE s.kind IN ('view', 'list')
        AND s.first_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(x.principal, '') LIKE getvariable('principal')
    WINDOW stretch AS (
        PARTITION BY s.session_id ORDER BY s.first_time
        RANGE BETWEEN to_minutes(getvariable('minutes')) PRECEDING AND CURRENT ROW
    )
)
SELECT since AS time, principal, format('Opened {} different pages', many) AS what, list_sort(pages) AS pages,
    last_time, ips AS source_ips, account_id, session_id, signal_id
FROM opened
WHERE many >= getvariable('pages')
QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY many DESC, first_time, signal_id) = 1
ORDER BY time, signal_id;
