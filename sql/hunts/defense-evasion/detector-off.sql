-- Who turned off a detector?
-- tactic: defense-evasion
-- techniques: T1562.001
-- hit: GuardDuty, Security Hub, Macie, Inspector, Detective or Access Analyzer is off, or monitors less.
-- false positives: an announced shutdown of the service, in all regions. Updates that leave a detector enabled are
--   left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_key, target AS detector,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_evasion' AND object IN ('detector', 'findings')
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
