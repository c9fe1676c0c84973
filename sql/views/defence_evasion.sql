-- One row is one event that stopped, deleted or changed what watches an account, or tried to, by whatever client.
-- What is changed where the thing itself is created is its setting-up, and not here.
-- Upkeep does the same: who, from where, and what else was done in the session tell the two apart.
-- @tables events signals
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column title Where in the console; NULL if no signal explains it
-- @column control What watches: trail, detector, findings, configuration recorder, network log, log, alarm, key ...
-- @column effect 'stopped', 'deleted' or 'changed'
-- @column target The trail, detector, log group ... that the call names; NULL if it names none
CREATE OR REPLACE VIEW defence_evasion AS
SELECT
    k.control,
    k.effect,
    list_any_value(json_extract_string(e.request_parameters, [
        '$.name', '$.trailName', '$.eventDataStore', '$.detectorId', '$.configurationRecorderName',
        '$.configurationRecorder.name', '$.deliveryChannelName', '$.configRuleName',
        '$.DeleteFlowLogsRequest.FlowLogId.content', '$.resolverQueryLogConfigId', '$.logGroupName',
        '$.bucketName', '$.alarmNames[0]', '$.rule', '$.keyId', '$.analyzerName'
    ])) AS target,
    es.signal_id,
    s.title,
    e.*
FROM events AS e
JOIN (
    VALUES
    ('cloudtrail:StopLogging', 'trail', 'stopped'),
    ('cloudtrail:DeleteTrail', 'trail', 'deleted'),
    ('cloudtrail:UpdateTrail', 'trail', 'changed'),
    ('cloudtrail:PutEventSelectors', 'trail', 'changed'),
    ('cloudtrail:PutInsightSelectors', 'trail', 'changed'),
    ('cloudtrail:DeleteEventDataStore', 'trail', 'deleted'),
    ('cloudtrail:StopEventDataStoreIngestion', 'trail', 'stopped'),
    ('cloudtrail:UpdateEventDataStore', 'trail', 'changed'),
    ('cloudtrail:DeregisterOrganizationDelegatedAdmin', 'trail', 'deleted'),
    ('guardduty:DeleteDetector', 'detector', 'deleted'),
    ('guardduty:UpdateDetector', 'detector', 'changed'),
    ('guardduty:CreateFilter', 'detector', 'changed'),
    ('guardduty:UpdateFilter', 'detector', 'changed'),
    ('guardduty:CreateIPSet', 'detector', 'changed'),
    ('guardduty:UpdateIPSet', 'detector', 'changed'),
    ('guardduty:ArchiveFindings', 'detector', 'changed'),
    ('guardduty:DisassociateFromMasterAccount', 'detector', 'stopped'),
    ('guardduty:DisassociateFromAdministratorAccount', 'detector', 'stopped'),
    ('guardduty:DisassociateMembers', 'detector', 'stopped'),
    ('guardduty:DeleteMembers', 'detector', 'deleted'),
    ('guardduty:StopMonitoringMembers', 'detector', 'stopped'),
    ('guardduty:DeletePublishingDestination', 'detector', 'deleted'),
    ('guardduty:DisableOrganizationAdminAccount', 'detector', 'stopped'),
    ('macie2:DisableMacie', 'detector', 'stopped'),
    ('inspector2:Disable', 'detector', 'stopped'),
    ('detective:DeleteGraph', 'detector', 'deleted'),
    ('access-analyzer:DeleteAnalyzer', 'detector', 'deleted'),
    ('securityhub:DisableSecurityHub', 'findings', 'stopped'),
    ('securityhub:BatchDisableStandards', 'findings', 'stopped'),
    ('securityhub:UpdateStandardsControl', 'findings', 'changed'),
    ('securityhub:CreateAutomationRule', 'findings', 'changed'),
    ('securityhub:BatchUpdateFindings', 'findings', 'changed'),
    ('securityhub:DisassociateFromAdministratorAccount', 'findings', 'stopped'),
    ('securityhub:DisassociateMembers', 'findings', 'stopped'),
    ('securityhub:DeleteMembers', 'findings', 'deleted'),
    ('config:StopConfigurationRecorder', 'configuration recorder', 'stopped'),
    ('config:DeleteConfigurationRecorder', 'configuration recorder', 'deleted'),
    ('config:PutConfigurationRecorder', 'configuration recorder', 'changed'),
    ('config:DeleteDeliveryChannel', 'configuration recorder', 'deleted'),
    ('config:DeleteConfigRule', 'configuration recorder', 'deleted'),
    ('ec2:DeleteFlowLogs', 'network log', 'deleted'),
    ('route53resolver:DeleteResolverQueryLogConfig', 'network log', 'deleted'),
    ('route53resolver:DisassociateResolverQueryLogConfig', 'network log', 'stopped'),
    ('wafv2:DeleteLoggingConfiguration', 'network log', 'deleted'),
    ('wafv2:DeleteWebACL', 'network log', 'deleted'),
    ('wafv2:DisassociateWebACL', 'network log', 'stopped'),
    ('logs:DeleteLogGroup', 'log', 'deleted'),
    ('logs:DeleteLogStream', 'log', 'deleted'),
    ('logs:PutRetentionPolicy', 'log', 'changed'),
    ('logs:DeleteSubscriptionFilter', 'log', 'deleted'),
    ('logs:DeleteMetricFilter', 'log', 'deleted'),
    ('s3:PutBucketLogging', 'log', 'changed'),
    ('s3:PutBucketLifecycle', 'log', 'changed'),
    ('s3:PutBucketVersioning', 'log', 'changed'),
    ('monitoring:DeleteAlarms', 'alarm', 'deleted'),
    ('monitoring:DisableAlarmActions', 'alarm', 'stopped'),
    ('events:DisableRule', 'alarm', 'stopped'),
    ('events:DeleteRule', 'alarm', 'deleted'),
    ('events:RemoveTargets', 'alarm', 'deleted'),
    ('kms:ScheduleKeyDeletion', 'key', 'deleted'),
    ('kms:DisableKey', 'key', 'stopped'),
    ('organizations:LeaveOrganization', 'organisation', 'stopped'),
    ('organizations:DisablePolicyType', 'organisation', 'stopped'),
    ('organizations:DeletePolicy', 'organisation', 'deleted')
) AS k (event_key, control, effect) USING (event_key)
LEFT JOIN event_signal AS es USING (event_id)
LEFT JOIN signals AS s USING (signal_id)
WHERE k.effect <> 'changed' OR s.kind IS DISTINCT FROM 'create'::signal_kind;
