-- Which IP address was used by several identities?
-- tactic: correlation
-- techniques: T1078.004
-- hit: several identities used one IP address, so one person may have the credentials of all of them.
-- false positives: an office, VPN or proxy that many people share. Not reported: calls from AWS services.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE identities = 2; -- minimum number of identities
SET VARIABLE address = '%'; -- only addresses that match this pattern; % matches any text
SELECT min(event_time) AS time, list(DISTINCT principal ORDER BY principal) AS principals,
    format('{} identities used {}', count(DISTINCT principal), source_ip) AS what, source_ip,
    max(event_time) AS last_time, count(*) AS events, list(DISTINCT session_id ORDER BY session_id)[:20] AS session_ids,
    min_by(event_id, (event_time, event_id)) AS event_id
FROM events
WHERE network IS NOT NULL AND principal IS NOT NULL AND source_ip LIKE getvariable('address')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
GROUP BY source_ip
HAVING count(DISTINCT principal) >= getvariable('identities')
ORDER BY time, event_id;
