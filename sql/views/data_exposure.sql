-- One row is one event by which data left an account or others were let at it, or might have been.
-- A policy lets nobody in unless it names everybody or another account, or takes a block away; and a block that is left
-- off where the thing itself is created is its setting-up. Policies that are not here are in events.
-- Objects that were read one by one are not here: if the trail has them, they are in events as s3:GetObject.
-- @tables events signals
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column title Where in the console; NULL if no signal explains it
-- @column how 'shared', 'policy', 'copied', 'exported' or 'replicated'
-- @column resource The snapshot, image, bucket ... that the call names; NULL if it names none
-- @column public Whether the call names everybody
-- @column shared_with The other accounts that the call names, sorted; empty if it names none
CREATE OR REPLACE VIEW data_exposure AS
SELECT
    k.how,
    list_any_value(json_extract_string(e.request_parameters, [
        '$.snapshotId', '$.imageId', '$.sourceSnapshotId', '$.sourceImageId', '$.dBSnapshotIdentifier',
        '$.dBClusterSnapshotIdentifier', '$.sourceDBSnapshotIdentifier', '$.sourceDBClusterSnapshotIdentifier',
        '$.snapshotIdentifier', '$.bucketName', '$.functionName', '$.repositoryName', '$.queueUrl',
        '$.topicArn', '$.keyId', '$.secretId', '$.resourceArn', '$.logGroupName', '$.sourceArn', '$.name'
    ])) AS resource,
    COALESCE(regexp_matches(
        e.request_parameters::VARCHAR,
        'AllUsers|AuthenticatedUsers|public-read|"all"|[aA]uthType":"NONE"'
        || '|[Pp]rincipal\\*"\s*:\s*(\{\s*\\*"AWS\\*"\s*:\s*)?(\[\s*)?\\*"\*\\*"'
    ), FALSE) AS public,
    list_sort(list_distinct(list_filter(
        COALESCE(regexp_extract_all(e.request_parameters::VARCHAR, '\b\d{12}\b'), []),
        lambda account: account <> COALESCE(e.account_id, '')
    ))) AS shared_with,
    es.signal_id,
    s.title,
    e.*
FROM events AS e
JOIN (
    VALUES
    ('ec2:ModifySnapshotAttribute', 'shared'),
    ('ec2:ModifyImageAttribute', 'shared'),
    ('rds:ModifyDBSnapshotAttribute', 'shared'),
    ('rds:ModifyDBClusterSnapshotAttribute', 'shared'),
    ('redshift:AuthorizeSnapshotAccess', 'shared'),
    ('redshift:AuthorizeDataShare', 'shared'),
    ('ram:CreateResourceShare', 'shared'),
    ('ram:AssociateResourceShare', 'shared'),
    ('ssm:ModifyDocumentPermission', 'shared'),
    ('s3:PutBucketPolicy', 'policy'),
    ('s3:PutBucketAcl', 'policy'),
    ('s3:PutObjectAcl', 'policy'),
    ('s3:PutAccessPointPolicy', 'policy'),
    ('s3:DeleteBucketPublicAccessBlock', 'policy'),
    ('s3:PutBucketPublicAccessBlock', 'policy'),
    ('s3:DeleteAccountPublicAccessBlock', 'policy'),
    ('s3:PutAccountPublicAccessBlock', 'policy'),
    ('lambda:AddPermission20150331v2', 'policy'),
    ('lambda:CreateFunctionUrlConfig', 'policy'),
    ('lambda:UpdateFunctionUrlConfig', 'policy'),
    ('ecr:SetRepositoryPolicy', 'policy'),
    ('sqs:AddPermission', 'policy'),
    ('sqs:SetQueueAttributes', 'policy'),
    ('sns:AddPermission', 'policy'),
    ('sns:SetTopicAttributes', 'policy'),
    ('kms:PutKeyPolicy', 'policy'),
    ('secretsmanager:PutResourcePolicy', 'policy'),
    ('backup:PutBackupVaultAccessPolicy', 'policy'),
    ('dynamodb:PutResourcePolicy', 'policy'),
    ('glue:PutResourcePolicy', 'policy'),
    ('elasticfilesystem:PutFileSystemPolicy', 'policy'),
    ('logs:PutResourcePolicy', 'policy'),
    ('ec2:CopySnapshot', 'copied'),
    ('ec2:CopyImage', 'copied'),
    ('rds:CopyDBSnapshot', 'copied'),
    ('rds:CopyDBClusterSnapshot', 'copied'),
    ('backup:StartCopyJob', 'copied'),
    ('ec2:CreateStoreImageTask', 'exported'),
    ('ec2:CreateInstanceExportTask', 'exported'),
    ('ec2:ExportImage', 'exported'),
    ('rds:StartExportTask', 'exported'),
    ('dynamodb:ExportTableToPointInTime', 'exported'),
    ('logs:CreateExportTask', 'exported'),
    ('s3:PutBucketReplication', 'replicated'),
    ('ecr:PutReplicationConfiguration', 'replicated'),
    ('secretsmanager:ReplicateSecretToRegions', 'replicated'),
    ('logs:PutSubscriptionFilter', 'replicated'),
    ('datasync:CreateTask', 'replicated')
) AS k (event_key, how) USING (event_key)
LEFT JOIN event_signal AS es USING (event_id)
LEFT JOIN signals AS s USING (signal_id)
WHERE k.how <> 'policy' OR public OR len(shared_with) > 0
    -- An ACL names accounts by ids of their own, and its owner's always.
    OR (
        e.event_name LIKE 'Put%Acl'
        AND (
            len(list_distinct(regexp_extract_all(e.request_parameters::VARCHAR, '\b[0-9a-f]{64}\b'))) > 1
            OR e.request_parameters::VARCHAR LIKE '%"x-amz-grant-%'
        )
    )
    OR (
        s.kind IS DISTINCT FROM 'create'::signal_kind
        AND (
            e.event_name LIKE 'Delete%PublicAccessBlock'
            OR (
                e.event_name LIKE 'Put%PublicAccessBlock'
                AND regexp_matches(e.request_parameters::VARCHAR, '(Acls|Policy|Buckets)"\s*:\s*"?false')
            )
        )
    );
