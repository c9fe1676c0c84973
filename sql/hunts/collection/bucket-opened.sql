-- Which bucket was opened to everybody or to another account?
-- tactic: collection
-- techniques: T1530, T1537
-- hit: a bucket's policy or access list lets everybody or a foreign account in, or its block of public access was taken
--   off.
-- innocent: a public website; a known partner. Policies that name the own account alone are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
WITH opened AS (
    SELECT *, request_parameters::VARCHAR AS asked, list_distinct(list_filter(
        regexp_extract_all(coalesce(request_parameters->>'$.bucketPolicy', ''), '[:"]([0-9]{12})[:"]', 1),
        LAMBDA account: account <> account_id)) AS accounts
    FROM described_events
    WHERE event_key IN ('s3:PutBucketPolicy', 's3:PutBucketAcl', 's3:PutBucketPublicAccessBlock',
            's3:DeleteBucketPublicAccessBlock', 's3:PutAccountPublicAccessBlock', 's3:DeleteAccountPublicAccessBlock')
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
)
SELECT event_time AS time, principal, what, event_name, request_parameters->>'$.bucketName' AS bucket, accounts,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM opened
WHERE event_name LIKE 'Delete%PublicAccessBlock'
    OR (event_name LIKE 'Put%PublicAccessBlock' AND contains(asked, 'false'))
    OR (event_name = 'PutBucketPolicy' AND (len(accounts) > 0
        OR regexp_matches(asked, '"(Principal|AWS)":\s*(\[\s*)?"\*"')))
    OR (event_name = 'PutBucketAcl' AND regexp_matches(asked, '(AllUsers|AuthenticatedUsers|public-read)'))
ORDER BY time, event_id;
