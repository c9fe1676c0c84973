-- Which bucket was made public or shared with another account?
-- tactic: collection
-- techniques: T1530, T1537
-- hit: the policy or ACL of a bucket gives access to everyone or to another account, or its public access block was
--   removed.
-- false positives: a public website; a known partner. Policies that name only the bucket's own account are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, event_name, resource AS bucket, public, shared_with AS accounts,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'policy' AND service = 's3'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
