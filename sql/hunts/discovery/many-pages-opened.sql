-- Who went through many console pages in minutes?
-- tactic: discovery
-- techniques: T1538
-- hit: somebody opened page after page of different kinds, as one does who has never been here.
-- innocent: an administrator on a busy morning; compare with the identity's other days.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SET VARIABLE pages = 8; -- at least so many different pages
SET VARIABLE minutes = 10; -- within so many minutes
SELECT min(s.first_time) AS time, x.principal, format('Opened {} different pages', count(DISTINCT s.rule_id)) AS what,
    list(DISTINCT s.title ORDER BY s.title) AS pages, max(s.last_time) AS last_time, x.ips AS source_ips, x.account_id,
    s.session_id, min_by(s.signal_id, (s.first_time, s.signal_id)) AS signal_id
FROM signals AS s
JOIN sessions AS x USING (session_id)
WHERE s.kind IN ('view', 'list')
    AND s.first_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(x.principal, '') LIKE getvariable('principal')
GROUP BY x.principal, x.ips, x.account_id, s.session_id,
    time_bucket(to_minutes(getvariable('minutes')), s.first_time)
HAVING count(DISTINCT s.rule_id) >= getvariable('pages')
ORDER BY time, signal_id;
