-- Which bucket was made public or shared with another account?
-- tactic: collection
-- techniques: T1530, T1537
-- hit: a bucket policy or ACL grants access to everyone or to another account, or a bucket's public access block was
--   removed.
-- false positives: public websites; buckets shared with known partners. Not reported: policies that name only the
--   bucket's own account.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, resource AS bucket, public, shared_with AS accounts,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'policy' AND service = 's3'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
