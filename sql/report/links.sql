-- One row per session and credential that the session used and another session created: who created the credential and
-- how, who used it, and from where. made is true if creating the credential is a finding by itself, as for a key, a user or
-- a password, but not for a role session. path lists who is behind the user, as far as the trail shows, if that is more
-- than the creator. Rows for which made is true come first.
-- A client's name is shortened, and an ID at its end, which each run may have, is left out. What the console and services
-- call themselves says nothing about the client.
WITH agents AS (
    SELECT DISTINCT client, user_agent, regexp_replace(agent, '_[0-9a-f]{8}-[0-9a-f-]{27}$', '_…')[:60] AS agent
    FROM user_agents
    WHERE client NOT IN ('console', 'internal', 'service') AND NOT contains(user_agent, 'aws-internal/')
)
SELECT
    row_number() OVER (ORDER BY made DESC, made_at, credential, session_id) AS place,
    *
FROM (
    SELECT
        l.made,
        l.method,
        l.credential_type,
        l.credential,
        epoch_us(l.made_at) AS made_at,
        l.maker,
        l.user,
        l.session_id,
        l.event_id,
        c.path,
        count(*) AS calls,
        count(e.error_code) AS failed,
        list_sort(list(DISTINCT with_summary(e.source_ip, d.summary))) AS ips,
        list_sort(list(DISTINCT with_summary(m.source_ip, n.summary))) AS maker_ips,
        list_sort(list(DISTINCT e.event_key)) AS event_keys,
        COALESCE(list_sort(list(DISTINCT u.agent) FILTER (u.agent IS NOT NULL)), []) AS agents,
        epoch_us(min(e.event_time)) AS first_time,
        epoch_us(max(e.event_time)) AS last_time
    FROM credential_links AS l
    JOIN events AS e
        ON e.session_id = l.session_id
        AND e.event_time >= l.made_at
        AND (l.credential_type <> 'access_key' OR e.access_key_id = l.credential)
    LEFT JOIN events AS m ON m.event_id = l.event_id
    LEFT JOIN agents AS u ON u.client = e.client AND u.user_agent = e.user_agent
    LEFT JOIN addresses AS d ON d.address = e.source_ip
    LEFT JOIN addresses AS n ON n.address = m.source_ip
    LEFT JOIN (
        SELECT session_id, arg_max(chain, (depth, chain)) AS path
        FROM actor_chains
        WHERE is_origin AND depth > 1
        GROUP BY session_id
    ) AS c ON c.session_id = l.session_id
    WHERE (l.session_id IN (SELECT session_id FROM searched) OR l.maker_session_id IN (SELECT session_id FROM searched))
        AND e.event_time < getvariable('until') AND e.event_time >= getvariable('since')
    GROUP BY ALL
)
