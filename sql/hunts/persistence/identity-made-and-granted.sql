-- Who created a user or role and gave it permissions soon after?
-- tactic: persistence
-- techniques: T1136.003, T1098.003
-- hit: a new identity was given a policy or a group within minutes of its creation.
-- false positives: onboarding, infrastructure as code; look for identities created by hand.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at this time or later, UTC
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity until this time, UTC
SET VARIABLE principal = '%'; -- only principals with a name like this; % matches any text
SET VARIABLE minutes = 30; -- maximum number of minutes between creating and granting
WITH made AS (
    SELECT *, list_filter(entities, lambda n: n.relation = 'created' AND n.entity_type IN ('user', 'role'))[1].name AS made
    FROM event_classes
    WHERE class = 'privilege_change' AND effect = 'creates' AND service = 'iam' AND outcome = 'succeeded'
        AND event_time BETWEEN getvariable('since') AND getvariable('until')
        AND coalesce(principal, '') LIKE getvariable('principal')
), granted AS (
    SELECT event_time, account_id,
        list_filter(entities, lambda n: n.relation <> 'used' AND n.entity_type IN ('user', 'role'))[1].name AS made,
        list_filter(entities, lambda n: n.entity_type IN ('policy', 'group'))[1].entity_value AS given
    FROM event_classes
    WHERE class = 'privilege_change' AND effect = 'grants' AND service = 'iam' AND outcome = 'succeeded'
)
SELECT m.event_time AS time, m.principal, m.summary AS what, m.made, list(DISTINCT g.given ORDER BY g.given) AS given,
    min(g.event_time) AS first_given,
    m.source_ip, m.account_id, m.region, m.error_code, m.session_id, m.signal_id, m.event_id
FROM made AS m
JOIN granted AS g
    ON g.account_id = m.account_id AND g.made = m.made
    AND g.event_time BETWEEN m.event_time AND m.event_time + to_minutes(getvariable('minutes'))
GROUP BY m.event_time, m.principal, m.summary, m.made, m.source_ip, m.account_id, m.region, m.error_code, m.session_id,
    m.signal_id, m.event_id
ORDER BY time, event_id;
