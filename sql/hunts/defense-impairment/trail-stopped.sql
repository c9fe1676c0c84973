-- Who stopped, deleted or changed a trail?
-- tactic: defense-impairment
-- techniques: T1685.002
-- hit: CloudTrail records less than before or delivers to another bucket; later events may be missing from the case.
-- false positives: a planned move to an organization trail. Not reported: starting logging.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, target AS trail,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_impairment' AND object = 'trail'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
