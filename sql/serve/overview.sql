-- The data for the sentences in the overview, in one row: the actors with findings or console sessions and, for those
-- with the most severe findings, the sign-ins, findings, used credentials, and data that left.
WITH reported AS (
    SELECT * FROM served.actors WHERE weight > 0 OR console_sessions > 0 ORDER BY place LIMIT 40
),
near AS (
    SELECT p.place, a.session_id
    FROM served.actor_sessions AS a
    JOIN reported AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id
    WHERE p.place <= 6
),
-- Events of the same call with the same effect are combined.
alike AS (
    SELECT
        actor_place, class, effect, object, event_key, outcome = 'succeeded' AS done,
        count(DISTINCT event_id) AS events,
        count(DISTINCT target) AS targets,
        min(event_time) AS time,
        max(event_time) AS last_time,
        arg_min(event_id, (event_time, event_id)) AS event_id,
        arg_min(session_id, (event_time, event_id)) AS session_id,
        arg_min(summary, (event_time, event_id)) AS what
    FROM served.found
    WHERE actor_place <= 6
    GROUP BY ALL
)
SELECT
    COALESCE((
        SELECT list({'place': place, 'actor': actor, 'account_id': account_id, 'weight': weight, 'sessions': sessions,
            'console_sessions': console_sessions, 'session_id': session_id, 'principals': list_sort(principals)[:8],
            'principal_count': len(principals), 'session_ids': session_ids[:24], 'ips': ips[:6], 'ip_count': len(ips),
            'user_agents': user_agents[:3], 'identity_types': list_sort(identity_types), 'first_time': first_time,
            'last_time': last_time, 'events': events, 'clicks': clicks, 'findings': findings, 'attempts': attempts,
            'denied': denied} ORDER BY place)
        FROM reported
    ), []) AS actors,
    (SELECT count(*) FROM served.actors WHERE weight > 0) AS notable_actors,
    (SELECT count(*) FROM served.actors) AS all_actors,
    COALESCE((
        SELECT list(x ORDER BY x.time, x.event_id)
        FROM (
            SELECT
                n.place, i.event_time AS time, i.event_id, i.session_id, i.principal, i.way, i.result, i.failure, i.mfa,
                i.source_ip, i.failures_before, i.user_agent
            FROM sign_ins AS i
            JOIN near AS n USING (session_id)
            ORDER BY i.event_time, i.event_id
            LIMIT 60
        ) AS x
    ), []) AS sign_ins,
    COALESCE((
        SELECT list(x ORDER BY x.events DESC, x.key)
        FROM (
            SELECT
                n.place, e.access_key_id AS key, any_value(e.principal) AS principal, count(*) AS events,
                min(e.event_time) AS first_time, max(e.event_time) AS last_time
            FROM events AS e
            JOIN near AS n USING (session_id)
            WHERE starts_with(e.access_key_id, 'AKIA')
            GROUP BY n.place, e.access_key_id
            ORDER BY events DESC
            LIMIT 60
        ) AS x
    ), []) AS keys,
    COALESCE((
        SELECT list(x ORDER BY x.actor_place, x.class, x.done DESC, x.time, x.event_id)
        FROM (
            FROM alike
            QUALIFY row_number() OVER (
                PARTITION BY actor_place, class, done ORDER BY object IS NULL, time, event_id
            ) <= 12
        ) AS x
    ), []) AS found,
    COALESCE((
        SELECT list({'place': actor_place, 'class': class, 'done': done, 'events': events} ORDER BY actor_place, class, done)
        FROM (
            SELECT actor_place, class, outcome = 'succeeded' AS done, count(DISTINCT event_id) AS events
            FROM (
                SELECT * FROM served.found
                UNION ALL BY NAME
                -- An event with several classes on the same topic counts once for that topic.
                SELECT
                    * REPLACE (
                        CASE
                            WHEN class IN ('secret_read', 'exfiltration') THEN 'took'
                            WHEN class IN ('credential_made', 'privilege_change', 'persistence') THEN 'made'
                            WHEN class IN ('defense_evasion', 'data_exposure') THEN 'weakened'
                            WHEN class = 'impact' THEN 'destroyed'
                            ELSE 'ran'
                        END AS class
                    )
                FROM served.found
            )
            WHERE actor_place <= 6
            GROUP BY ALL
        )
    ), []) AS counts,
    COALESCE((
        SELECT list(x ORDER BY x.made_at, x.event_id, x.session_id)
        FROM (
            SELECT
                n.place, l.method, l.credential_type, l.credential, l.made_at, l.event_id, l.maker, l.maker_session_id,
                l.session_id, l."user", l.first_use, l.uses, s.ips[:4] AS ips, len(s.ips) AS ip_count
            FROM served.links AS l
            JOIN near AS n ON n.session_id = l.maker_session_id
            LEFT JOIN served.sessions AS s ON s.session_id = l.session_id
            ORDER BY l.made_at, l.event_id, l.session_id
            LIMIT 60
        ) AS x
    ), []) AS links,
    COALESCE((
        SELECT list(x ORDER BY x.bytes_out DESC NULLS LAST, x.first_time, x.source)
        FROM (
            SELECT
                n.place, d.how, d.source, d.objects, d.bytes_out, d.events, d.first_time, d.last_time, d.session_id,
                d.principal
            FROM served.data_out AS d
            JOIN near AS n USING (session_id)
            ORDER BY d.bytes_out DESC NULLS LAST, d.events DESC
            LIMIT 60
        ) AS x
    ), []) AS data_out,
    COALESCE((
        SELECT list(x ORDER BY x.place)
        FROM (
            SELECT n.place, count(*) AS commands, min(c.time) AS time, arg_min(c.summary, (c.time, c.id)) AS what
            FROM served.console AS c
            JOIN near AS n USING (session_id)
            WHERE c.kind = 'command'
            GROUP BY n.place
        ) AS x
    ), []) AS commands
