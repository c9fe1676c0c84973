-- What the page of the click $1 may have shown, reconstructed as table cells for users, buckets and instances. A cell is
-- derived from the click's own requests and their errors, or from earlier changes and uses in the case, and names its
-- event. Values without an event are missing. CloudTrail does not record what a read returned, so the cells never show
-- that a list is complete.
WITH click AS (SELECT signal_id, session_id, last_time FROM signals WHERE signal_id = $1),
own AS MATERIALIZED (
    SELECT
        e.event_id, e.event_time, e.event_name, e.service, e.error_code, e.denied, e.account_id, e.region, e.request_parameters,
        e.request_parameters->>'$.userName' AS user_name,
        COALESCE(e.request_parameters->>'$.bucketName', e.request_parameters->>'$.bucket') AS bucket
    FROM event_signal AS es
    JOIN events AS e USING (event_id)
    WHERE es.signal_id = $1
),
account AS (SELECT any_value(account_id) AS account_id FROM own),
-- The rows: entities named in the click's requests.
things AS (
    SELECT 'user' AS kind, user_name AS name FROM own WHERE service = 'iam' AND user_name IS NOT NULL
    UNION
    SELECT 'bucket', bucket FROM own WHERE service = 's3' AND bucket IS NOT NULL
    UNION
    SELECT 'instance', n.entity_value
    FROM signal_entities AS n
    WHERE n.signal_id = $1 AND n.entity_type = 'instance' AND n.entity_value IN (
        SELECT unnest(list_transform(entities, lambda x: x.entity_value))
        FROM event_signal JOIN events USING (event_id)
        WHERE signal_id = $1 AND service = 'ec2'
    )
),
only_user AS (SELECT any_value(name) AS name FROM things WHERE kind = 'user' HAVING count(*) = 1),
-- Earlier changes in the same account.
earlier AS MATERIALIZED (
    SELECT
        e.event_id, e.event_time, e.event_name, e.service, e.request_parameters, e.response_elements, e.entities,
        e.request_parameters->>'$.userName' AS user_name
    FROM events AS e, click, account
    WHERE e.outcome = 'succeeded' AND e.event_time <= click.last_time
        AND e.account_id IS NOT DISTINCT FROM account.account_id
        AND e.event_name IN (
            'CreateUser', 'CreateLoginProfile', 'UpdateLoginProfile', 'DeleteLoginProfile', 'EnableMFADevice',
            'DeactivateMFADevice', 'CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey', 'AddUserToGroup',
            'RemoveUserFromGroup', 'AttachUserPolicy', 'DetachUserPolicy', 'CreateBucket', 'RunInstances', 'StartInstances',
            'StopInstances', 'TerminateInstances'
        )
),
-- The latest value of one attribute of one entity.
changes AS (
    SELECT
        'user' AS kind, user_name AS name, event_id, event_time,
        CASE
            WHEN event_name LIKE '%LoginProfile' THEN 'password'
            WHEN event_name LIKE '%MFADevice' THEN 'mfa'
            WHEN event_name LIKE '%AccessKey' THEN 'keys'
            WHEN event_name LIKE '%Group' THEN 'groups'
            WHEN event_name LIKE '%UserPolicy' THEN 'policies'
            ELSE 'created'
        END AS col,
        CASE col
            WHEN 'keys' THEN COALESCE(response_elements->>'$.accessKey.accessKeyId', request_parameters->>'$.accessKeyId')
            WHEN 'groups' THEN request_parameters->>'$.groupName'
            WHEN 'policies' THEN regexp_extract(request_parameters->>'$.policyArn', '[^/]+$')
            ELSE ''
        END AS item,
        CASE
            WHEN event_name IN ('DeleteLoginProfile', 'DeactivateMFADevice') THEN 'none'
            WHEN event_name IN ('DeleteAccessKey', 'RemoveUserFromGroup', 'DetachUserPolicy') THEN NULL
            WHEN col = 'password' THEN 'set'
            WHEN col = 'mfa' THEN 'enabled'
            WHEN col = 'created' THEN strftime(event_time, '%Y-%m-%d %H:%M:%S')
            WHEN event_name = 'UpdateAccessKey' THEN item || ' (' || (request_parameters->>'$.status') || ')'
            ELSE item
        END AS value
    FROM earlier
    WHERE service = 'iam' AND user_name IN (SELECT name FROM things WHERE kind = 'user')
    UNION ALL
    SELECT 'bucket', request_parameters->>'$.bucketName', event_id, event_time, 'created', '',
        strftime(event_time, '%Y-%m-%d %H:%M:%S')
    FROM earlier
    WHERE event_name = 'CreateBucket'
    UNION ALL
    SELECT 'instance', n.entity_value, event_id, event_time, 'state', '',
        CASE event_name
            WHEN 'TerminateInstances' THEN 'terminated'
            WHEN 'StopInstances' THEN 'stopped'
            ELSE 'started'
        END
    FROM (SELECT *, unnest(entities) AS n FROM earlier WHERE service = 'ec2')
    WHERE n.entity_type = 'instance'
    UNION ALL
    SELECT 'instance', n.entity_value, event_id, event_time, 'type', '', request_parameters->>'$.instanceType'
    FROM (SELECT *, unnest(entities) AS n FROM earlier WHERE event_name = 'RunInstances')
    WHERE n.entity_type = 'instance'
),
-- A key that a user has used belongs to that user.
used AS (
    SELECT
        'user' AS kind, t.name, min_by(e.event_id, (e.event_time, e.event_id)) AS event_id, min(e.event_time) AS event_time,
        'keys' AS col, e.access_key_id AS item, e.access_key_id AS value
    FROM things AS t
    JOIN events AS e ON e.principal = t.name
    JOIN click ON e.event_time <= click.last_time
    JOIN account ON e.account_id IS NOT DISTINCT FROM account.account_id
    WHERE t.kind = 'user' AND e.identity_type = 'IAMUser' AND starts_with(e.access_key_id, 'AKIA')
    GROUP BY t.name, e.access_key_id
),
-- Values from the click's own requests: an error that shows that something does not exist, or a requested name.
asked AS (
    SELECT
        'user' AS kind, user_name AS name, event_id, event_time, 'password' AS col, '' AS item,
        CASE WHEN error_code IS NULL THEN 'set' WHEN starts_with(error_code, 'NoSuchEntity') THEN 'none' END AS value
    FROM own
    WHERE event_name = 'GetLoginProfile'
    UNION ALL
    -- A page about one user requests the user's groups and keys by name.
    SELECT 'user', u.name, event_id, event_time, 'groups', request_parameters->>'$.groupName',
        request_parameters->>'$.groupName'
    FROM own, only_user AS u
    WHERE event_name IN ('ListAttachedGroupPolicies', 'ListGroupPolicies')
    UNION ALL
    SELECT 'user', u.name, event_id, event_time, 'keys', request_parameters->>'$.accessKeyId',
        request_parameters->>'$.accessKeyId'
    FROM own, only_user AS u
    WHERE event_name = 'GetAccessKeyLastUsed'
    UNION ALL
    SELECT 'bucket', bucket, event_id, event_time,
        CASE event_name
            WHEN 'GetBucketPolicyStatus' THEN 'policy'
            WHEN 'GetBucketPolicy' THEN 'policy'
            ELSE 'public_access_block'
        END,
        '',
        CASE
            WHEN error_code IS NULL THEN 'set'
            WHEN error_code IN ('NoSuchBucketPolicy', 'NoSuchPublicAccessBlockConfiguration') THEN 'none'
            WHEN denied THEN 'access denied'
        END
    FROM own
    WHERE event_name IN ('GetBucketPolicyStatus', 'GetBucketPolicy', 'GetBucketPublicAccessBlock')
),
-- The click's own value takes precedence over the latest earlier value.
known AS (
    SELECT kind, name, col, item, value, event_id, event_time, source
    FROM (
        SELECT *, 'page' AS source, 2 AS rank FROM asked
        UNION ALL
        SELECT *, 'change' AS source, 1 AS rank FROM changes
        UNION ALL
        SELECT *, 'use' AS source, 0 AS rank FROM used
    )
    WHERE name IS NOT NULL AND item IS NOT NULL AND value IS NOT NULL OR rank = 1 AND name IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY kind, name, col, item ORDER BY rank DESC, event_time DESC, event_id) = 1
)
SELECT
    t.kind,
    t.name,
    COALESCE(
        list({'col': k.col, 'value': k.value, 'event_id': k.event_id, 'source': k.source} ORDER BY k.col, k.event_time, k.value)
            FILTER (k.value IS NOT NULL AND k.value <> ''),
        []
    ) AS cells
FROM things AS t
LEFT JOIN known AS k USING (kind, name)
GROUP BY t.kind, t.name
ORDER BY list_position(['user', 'bucket', 'instance'], t.kind), t.name
LIMIT 500
