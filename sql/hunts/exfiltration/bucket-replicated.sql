-- Which bucket sends its objects to another one?
-- tactic: exfiltration
-- techniques: T1537
-- hit: a rule copies all objects, new ones too, to a bucket that may be another account's.
-- innocent: a second site of your own. Ending a replication is left out.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- from this moment on, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- until this moment, UTC
SET VARIABLE principal = '%'; -- only who is named like this; % is any text
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
