-- One row per session, or per group of combined sessions of one program. Rank 1 is the most notable. mfa is that of the
-- session's sign-in, if there is one. objects and bytes_out are what the sessions downloaded in the selected time range,
-- credential_objects and credential_bytes what any session downloaded with credentials that these sessions created.
SELECT
    row_number() OVER (
        ORDER BY a.weight DESC, x.console DESC, c.changes + c.secrets DESC NULLS LAST, x.first_time, x.session_id
    ) AS place,
    x.principal,
    x.actor,
    x.account_id,
    x.identity_type,
    x.console,
    COALESCE(i.mfa, x.mfa) AS mfa,
    x.by_made_credential,
    a.sessions,
    COALESCE(p.ips, []) AS ips,
    COALESCE(p.regions, []) AS regions,
    COALESCE(u.agents, []) AS agents,
    COALESCE(d.objects, 0) AS objects,
    d.bytes_out,
    COALESCE(o.objects, 0) AS credential_objects,
    o.bytes_out AS credential_bytes,
    c.*
FROM chosen AS x
JOIN counted AS c USING (session_id)
JOIN (SELECT reported_as, count(*) AS sessions, max(weight) AS weight FROM chosen GROUP BY reported_as) AS a USING (reported_as)
LEFT JOIN (
    SELECT
        reported_as,
        list_sort(list(DISTINCT with_summary(t.source_ip, a.summary)) FILTER (t.network IS NOT NULL)) AS ips,
        list_sort(list(DISTINCT t.region)) AS regions
    FROM reported AS t
    LEFT JOIN addresses AS a ON a.address = t.source_ip
    GROUP BY reported_as
) AS p USING (reported_as)
LEFT JOIN (
    -- The first successful sign-in that states whether MFA was used.
    SELECT session_id, arg_min(mfa, (event_time, event_id)) AS mfa
    FROM sign_ins
    WHERE result = 'success' AND way <> 'second factor' AND mfa IS NOT NULL
    GROUP BY session_id
) AS i USING (session_id)
LEFT JOIN (
    SELECT reported_as, list(agent ORDER BY events DESC, agent) AS agents
    FROM (
        SELECT t.reported_as, a.agent, count(*) AS events
        FROM reported AS t
        JOIN (
            -- As in links.sql.
            SELECT DISTINCT client::VARCHAR AS client, user_agent, regexp_replace(agent, '_[0-9a-f]{8}-[0-9a-f-]{27}$', '_…')[:60] AS agent
            FROM user_agents
            WHERE client NOT IN ('console', 'internal', 'service') AND NOT contains(user_agent, 'aws-internal/')
        ) AS a
            ON a.client = t.client AND a.user_agent = t.user_agent
        GROUP BY t.reported_as, a.agent
    )
    GROUP BY reported_as
) AS u USING (reported_as)
LEFT JOIN (
    SELECT x.reported_as, count(DISTINCT concat(o.bucket, '/', o.key)) AS objects, sum(o.bytes_out)::BIGINT AS bytes_out
    FROM object_downloads AS o
    JOIN chosen AS x USING (session_id)
    WHERE o.event_time >= getvariable('since') AND o.event_time < getvariable('until')
    GROUP BY x.reported_as
) AS d USING (reported_as)
LEFT JOIN (
    SELECT x.reported_as, sum(o.objects)::BIGINT AS objects, sum(o.bytes_out)::BIGINT AS bytes_out
    FROM credential_downloads AS o
    JOIN chosen AS x USING (session_id)
    GROUP BY x.reported_as
) AS o USING (reported_as)
