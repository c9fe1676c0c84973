-- Who switched off a detector?
-- tactic: defense-evasion
-- techniques: T1562.001
-- hit: GuardDuty, Security Hub, Macie, Inspector, Detective or Access Analyzer watches no more, or less.
-- innocent: leaving a service, in all regions and with notice. Updates that leave a detector enabled are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, what, event_key, request_parameters->>'$.detectorId' AS detector,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events
WHERE (event_key IN ('guardduty:DeleteDetector', 'guardduty:StopMonitoringMembers', 'guardduty:DisassociateMembers',
            'guardduty:DeleteMembers', 'guardduty:DisassociateFromAdministratorAccount', 'guardduty:CreateFilter',
            'guardduty:CreateIPSet', 'guardduty:UpdateIPSet', 'guardduty:DeletePublishingDestination',
            'securityhub:DisableSecurityHub', 'securityhub:BatchDisableStandards', 'macie2:DisableMacie',
            'inspector2:Disable', 'detective:DeleteGraph', 'access-analyzer:DeleteAnalyzer')
        OR (event_key = 'guardduty:UpdateDetector' AND (request_parameters->>'$.enable') = 'false'))
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
