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
        actor_place, reason, effect, object, event_key, outcome = 'succeeded' AS done, outcome = 'denied' AS denied,
        outside, administrator, own, thing,
        count(DISTINCT event_id) AS events,
        count(DISTINCT target) AS targets,
        min(event_time) AS time,
        max(event_time) AS last_time,
        arg_min(event_id, (event_time, event_id)) AS event_id,
        arg_min(session_id, (event_time, event_id)) AS session_id,
        arg_min(summary, (event_time, event_id)) AS what,
        count(DISTINCT event_id) FILTER (ended_at IS NOT NULL) AS ended,
        max(ended_at) AS ended_at,
        COALESCE(bool_and(deleted), FALSE) AS deleted,
        bool_and(missing) AS missing,
        list_sort(list(DISTINCT principal)) AS principals
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
            'denied': denied, 'facts': COALESCE(f.facts, [])} ORDER BY place)
        FROM reported
        LEFT JOIN served.facts AS f USING (place)
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
                arg_min(e.source_ip, (e.event_time, e.event_id)) AS first_ip, min(e.event_time) AS first_time, max(e.event_time) AS last_time
            FROM events AS e
            JOIN near AS n USING (session_id)
            WHERE starts_with(e.access_key_id, 'AKIA')
            GROUP BY n.place, e.access_key_id
            ORDER BY events DESC
            LIMIT 60
        ) AS x
    ), []) AS keys,
    -- What each address was used for, in the order of time: sign-ins, the console, CloudShell, and credentials of programs.
    COALESCE((
        SELECT list(x ORDER BY x.place, x.first_time, x.ip)
        FROM (
            SELECT
                place, ip, sum(n)::BIGINT AS events, min(first_time) AS first_time, max(last_time) AS last_time,
                list({'use': use, 'name': name, 'who': who, 'events': n} ORDER BY rank, n DESC, name) AS uses
            FROM (
                SELECT
                    place, ip, use, any_value(who) FILTER (use = 'key') AS who,
                    CASE use
                        WHEN 'key' THEN access_key_id
                        WHEN 'instance' THEN regexp_extract(who, '/(i-[0-9a-f]{8,17})$', 1)
                        WHEN 'session' THEN split_part(who, '/', 1)
                    END AS name,
                    list_position(['sign-in', 'failed sign-in', 'browser', 'internal', 'CloudShell', 'key', 'instance', 'session'], use) AS rank,
                    count(*) AS n, min(event_time) AS first_time, max(event_time) AS last_time
                FROM (
                    SELECT
                        n.place, e.source_ip AS ip, e.principal AS who, e.access_key_id, e.event_time,
                        CASE
                            WHEN e.service = 'signin' AND e.outcome IN ('denied', 'failed') THEN 'failed sign-in'
                            WHEN e.service = 'signin' THEN 'sign-in'
                            WHEN e.client = 'cloudshell' OR contains(e.user_agent, 'exec-env/CloudShell') THEN 'CloudShell'
                            WHEN starts_with(e.access_key_id, 'AKIA') THEN 'key'
                            WHEN regexp_matches(e.principal, '/i-[0-9a-f]{8,17}$') THEN 'instance'
                            WHEN s.console AND e.client IN ('console', 'internal') THEN 'internal'
                            WHEN s.console THEN 'browser'
                            ELSE 'session'
                        END AS use
                    FROM events AS e
                    JOIN near AS n USING (session_id)
                    JOIN served.sessions AS s USING (session_id)
                    WHERE regexp_matches(e.source_ip, '^[0-9.]+$|:') AND e.client IS DISTINCT FROM 'service'::event_client
                )
                GROUP BY place, ip, use, name
            )
            GROUP BY place, ip
            QUALIFY row_number() OVER (PARTITION BY place ORDER BY events DESC, ip) <= 24
        ) AS x
    ), []) AS addresses,
    COALESCE((
        SELECT list(x ORDER BY x.actor_place, x.reason, x.done DESC, x.time, x.event_id)
        FROM (
            FROM alike
            QUALIFY row_number() OVER (
                PARTITION BY actor_place, reason, done ORDER BY outside DESC, administrator DESC, denied DESC, own, object IS NULL, time, event_id
            ) <= 24
        ) AS x
    ), []) AS found,
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
        SELECT list(x ORDER BY x.first_time, x.event_id)
        FROM (
            SELECT
                actor_place, pattern, first_time, last_time, principal, what, resources, own_resources, events, session_id,
                event_id
            FROM served.patterns
            WHERE actor_place <= 6
            QUALIFY row_number() OVER (PARTITION BY actor_place, pattern ORDER BY resources DESC, first_time) <= 12
        ) AS x
    ), []) AS patterns,
    -- Console sessions, each with its first successful sign-in and the numbers of clicks by kind. last_time is the time of the
    -- last event that is not a background request: those go on until open_until, for as long as a page is open.
    COALESCE((
        SELECT list(x ORDER BY x.first_time, x.session_id)
        FROM (
            SELECT
                n.place, s.session_id, s.principal, s.first_time, COALESCE(v.last_time, s.last_time) AS last_time,
                CASE WHEN s.last_time >= v.last_time + INTERVAL 1 MINUTE THEN s.last_time END AS open_until, s.ips[:3] AS ips, len(s.ips) AS ip_count,
                s.mfa, s.events, s.clicks, COALESCE(s.findings, 0) AS findings, i.time AS signed_in_at, i.way, i.event_id,
                COALESCE(c.pages, 0) AS pages, COALESCE(c.changes, 0) AS changes, COALESCE(c.secrets, 0) AS secrets,
                COALESCE(c.commands, 0) AS commands
            FROM served.sessions AS s
            JOIN near AS n USING (session_id)
            LEFT JOIN (
                SELECT
                    session_id, min(event_time) AS time, arg_min(way, (event_time, event_id)) AS way,
                    arg_min(event_id, (event_time, event_id)) AS event_id
                FROM sign_ins
                WHERE result = 'success' AND way <> 'second factor'
                GROUP BY session_id
            ) AS i USING (session_id)
            LEFT JOIN (
                SELECT
                    session_id,
                    count(*) FILTER (kind IN ('view', 'list')) AS pages,
                    count(*) FILTER (kind IN ('change', 'create', 'delete') AND NOT denied AND error_code IS NULL) AS changes,
                    count(*) FILTER (kind = 'secret' AND NOT denied AND error_code IS NULL) AS secrets,
                    count(*) FILTER (kind = 'command') AS commands
                FROM served.console
                WHERE class IN ('click', 'command')
                GROUP BY session_id
            ) AS c USING (session_id)
            LEFT JOIN served.activity AS v USING (session_id)
            WHERE s.console
            QUALIFY row_number() OVER (PARTITION BY n.place ORDER BY COALESCE(s.weight, 0) DESC, s.first_time) <= 8
        ) AS x
    ), []) AS consoles,
    -- Commands run in the console, in order of time.
    COALESCE((
        SELECT list(x ORDER BY x.place)
        FROM (
            SELECT n.place, count(*) AS commands, min(c.time) AS time, list(c.summary ORDER BY c.time, c.id)[:12] AS what
            FROM served.console AS c
            JOIN near AS n USING (session_id)
            WHERE c.kind = 'command'
            GROUP BY n.place
        ) AS x
    ), []) AS commands,
    -- What the actors created and did to what they had created: numbers, and the resources without a deletion in the case.
    COALESCE((
        SELECT list(x ORDER BY x.place)
        FROM (
            SELECT
                b.place, COALESCE(b.harmed, 0) AS harmed, COALESCE(b.harmed_own, 0) AS harmed_own,
                COALESCE(b.opened, 0) AS opened, COALESCE(b.closed, 0) AS closed, b.closed_at,
                COALESCE(c.created, 0) AS created, COALESCE(c.deleted, 0) AS deleted, c.deleted_at,
                COALESCE(c.by_service, []) AS by_service, COALESCE(l.left_over, []) AS left_over
            FROM served.balance AS b
            LEFT JOIN (
                SELECT
                    place, count(*) AS created, count(deleted_at) AS deleted, max(COALESCE(deleted_at, version_deleted_at)) AS deleted_at,
                    list(name ORDER BY name) FILTER (by_service) AS by_service
                FROM served.created
                GROUP BY place
            ) AS c USING (place)
            LEFT JOIN (
                SELECT place, list(t ORDER BY t.entity_type) AS left_over
                FROM (
                    SELECT place, {'entity_type': entity_type, 'resources': count(*), 'names': list(
                        name || CASE WHEN scheduled THEN ' (deletion scheduled)' ELSE '' END ORDER BY created_at, name
                    )[:8]} AS t
                    FROM served.created
                    WHERE deleted_at IS NULL AND NOT by_service
                    GROUP BY place, entity_type
                )
                GROUP BY place
            ) AS l USING (place)
        ) AS x
    ), []) AS balance,
    COALESCE((
        SELECT list(x ORDER BY x.place, x.how, x.rank, x.first_time, x.name)
        FROM (
            FROM served.looked
            QUALIFY row_number() OVER (PARTITION BY place, how ORDER BY rank, first_time, name) <= 40
        ) AS x
    ), []) AS looked
