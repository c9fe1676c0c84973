-- Which long-term access key was used from several networks?
-- tactic: correlation
-- techniques: T1078.004
-- hit: an access key was used from more than one network; someone other than its owner may have it.
-- false positives: a laptop that moves between networks. Not reported: temporary keys.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE networks = 2; -- minimum number of networks
SELECT min(event_time) AS time, principal,
    format('Key {} was used from {} networks', access_key_id, count(DISTINCT network)) AS what, access_key_id,
    list(DISTINCT source_ip ORDER BY source_ip)[:20] AS source_ips, max(event_time) AS last_time, count(*) AS events,
    account_id, min_by(event_id, (event_time, event_id)) AS event_id
FROM events
WHERE access_key_id LIKE 'AKIA%' AND network IS NOT NULL
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
GROUP BY principal, access_key_id, account_id
HAVING count(DISTINCT network) >= getvariable('networks')
ORDER BY time, event_id;
