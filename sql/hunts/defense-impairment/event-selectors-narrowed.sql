-- Who limited the events that a trail records?
-- tactic: defense-impairment
-- techniques: T1685.002
-- hit: a trail no longer records management events, or records only read events or only write events.
-- false positives: a second trail that is limited to reduce costs. Not reported: event selectors that record all
--   management events.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, target AS trail,
    coalesce(request_parameters->>'$.eventSelectors', request_parameters->>'$.advancedEventSelectors') AS selectors,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM event_classes
WHERE class = 'defense_impairment' AND event_key = 'cloudtrail:PutEventSelectors'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
