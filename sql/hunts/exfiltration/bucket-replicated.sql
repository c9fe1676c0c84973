-- Which bucket replicates its objects to another one?
-- tactic: exfiltration
-- techniques: T1537
-- hit: a rule copies objects, including new ones, to a bucket that may belong to another account.
-- false positives: your own bucket in a second region. Removing a replication is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SELECT event_time AS time, principal, summary AS what, resource AS bucket,
    list_transform(list_filter(entities, lambda n: n.entity_type = 'bucket' AND n.name <> resource), lambda n: n.name)
        AS targets,
    shared_with AS other_accounts,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM data_exposure
WHERE how = 'replicated' AND service = 's3'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
ORDER BY time, event_id;
