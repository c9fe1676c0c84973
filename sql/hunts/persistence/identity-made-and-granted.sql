-- Who created a user or role and gave it permissions soon after?
-- tactic: persistence
-- techniques: T1136.003, T1098.003
-- hit: a new user or role was given a policy or added to a group within minutes of its creation.
-- false positives: onboarding and infrastructure as code; focus on identities that were created manually.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
SET VARIABLE minutes = 30; -- maximum number of minutes between the creation and the grant
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
