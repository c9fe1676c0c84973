-- Which bucket replicates its objects to another bucket?
-- tactic: exfiltration
-- techniques: T1537
-- hit: a replication rule copies objects, including new ones, to a bucket that may belong to another account.
-- false positives: replication to your own bucket in another region. Not reported: removing a replication
--   configuration.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
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
