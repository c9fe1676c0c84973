-- Who reduced the events that a trail records?
-- tactic: defense-evasion
-- techniques: T1562.008
-- hit: a trail no longer records management events, or no longer their reads or writes.
-- false positives: saving costs on a second trail. Selectors that record all management events are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, target AS trail,
    coalesce(request_parameters->>'$.eventSelectors', request_parameters->>'$.advancedEventSelectors') AS selectors,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_evasion' AND event_key = 'cloudtrail:PutEventSelectors'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
