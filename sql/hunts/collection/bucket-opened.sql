-- Which bucket was opened to everybody or to another account?
-- tactic: collection
-- techniques: T1530, T1537
-- hit: a bucket's policy or access list lets everybody or a foreign account in, or its block of public access was taken
--   off.
-- innocent: a public website; a known partner. Policies that name the own account alone are left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
SELECT event_time AS time, principal, summary AS what, event_name, resource AS bucket, public, shared_with AS accounts,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'policy' AND service = 's3'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
