-- Who made a trail record less?
-- tactic: defense-evasion
-- techniques: T1562.008
-- hit: a trail goes on, but without management events, or without reads or writes.
-- innocent: saving costs on a second trail. Selectors that record all management events are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, request_parameters->>'$.trailName' AS trail,
    coalesce(request_parameters->>'$.eventSelectors', request_parameters->>'$.advancedEventSelectors') AS selectors,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE event_key = 'cloudtrail:PutEventSelectors'
    AND (coalesce(len(json_extract(request_parameters, '$.eventSelectors[*]')), 0) > 0
            AND NOT list_contains(json_extract_string(request_parameters, '$.eventSelectors[*].readWriteType'), 'All')
        OR list_contains(
            json_extract_string(request_parameters, '$.eventSelectors[*].includeManagementEvents'), 'false')
        OR json_exists(request_parameters, '$.advancedEventSelectors')
            AND NOT contains(request_parameters->>'$.advancedEventSelectors', '"Management"'))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
