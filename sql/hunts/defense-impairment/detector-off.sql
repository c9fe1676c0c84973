-- Who turned off a detection service?
-- tactic: defense-impairment
-- techniques: T1685
-- hit: GuardDuty, Security Hub, Macie, Inspector, Detective or Access Analyzer was turned off or now monitors less
--   than before.
-- false positives: a planned shutdown of the service in all regions. Not reported: updates that leave a detector
--   enabled.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, target AS detector,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_impairment' AND object IN ('detector', 'findings')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
