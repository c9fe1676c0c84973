-- Which instance's credentials were used from several networks?
-- tactic: credential-access
-- techniques: T1552.005
-- hit: an instance's role session was used from more than one network; its credentials may have been stolen from the
--   instance.
-- false positives: an instance whose address changed, or that uses several gateways.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT min(event_time) AS time, principal,
    format('Instance credentials were used from {} networks', count(DISTINCT network)) AS what,
    list(DISTINCT source_ip ORDER BY source_ip) AS source_ips, list(DISTINCT client ORDER BY client) AS clients,
    max(event_time) AS last_time, count(*) AS events, account_id, session_id,
    min_by(event_id, (event_time, event_id)) AS event_id
FROM events
WHERE regexp_matches(principal, '/i-[0-9a-f]{8,17}$') AND network IS NOT NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
GROUP BY principal, account_id, session_id
HAVING count(DISTINCT network) > 1
ORDER BY time, event_id;
