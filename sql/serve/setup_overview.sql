-- The server's in-memory tables for the overview (actors, findings and times), created once, after setup_timeline.sql.

-- One row per session, with its actor: the identity behind the session, as far as the trail shows. A service that only
-- issued credentials is not an actor if another identity is also behind the session. All sessions of a role count as one
-- actor, named after the role, except that each SSO user is a separate actor.
CREATE OR REPLACE TABLE served.actor_sessions AS
WITH named AS (
    SELECT
        session_id,
        account_id,
        identity_type,
        CASE
            WHEN starts_with(principal, 'AWSReservedSSO_') THEN principal
            ELSE COALESCE(split_part(principal, '/', 1), 'unknown')
        END AS name
    FROM served.sessions
),
origins AS (
    SELECT
        c.session_id,
        arg_max(c.ancestor_session_id, (n.identity_type IS DISTINCT FROM 'AWSService', c.depth, c.ancestor_session_id))
            AS origin_id
    FROM served.chains AS c
    JOIN named AS n ON n.session_id = c.ancestor_session_id
    WHERE c.is_origin
    GROUP BY c.session_id
)
SELECT
    n.session_id,
    n.name,
    COALESCE(b.name, n.name) AS actor,
    COALESCE(b.account_id, n.account_id) AS account_id
FROM named AS n
LEFT JOIN origins AS o ON o.session_id = n.session_id
LEFT JOIN named AS b ON b.session_id = o.origin_id;

-- One row per session, with the time of its last event that is not a background request of the console.
CREATE OR REPLACE TABLE served.activity AS
SELECT session_id, max(event_time) AS last_time
FROM events
ANTI JOIN (
    SELECT event_id FROM event_signal JOIN signals USING (signal_id) WHERE kind = 'background'::signal_kind
) USING (event_id)
GROUP BY session_id;

-- One row per actor, starting with the actor whose session has the most severe findings. Addresses are ordered by their
-- number of events. Names of services that made calls on behalf of an actor are excluded.
CREATE OR REPLACE TABLE served.actors AS
WITH addresses AS (
    SELECT actor, account_id, list(source_ip ORDER BY events DESC, source_ip) AS ips
    FROM (
        SELECT a.actor, a.account_id, e.source_ip, count(*) AS events
        FROM events AS e
        JOIN served.actor_sessions AS a USING (session_id)
        WHERE regexp_matches(e.source_ip, '^[0-9.]+$|:')
        GROUP BY ALL
    )
    GROUP BY ALL
)
SELECT
    row_number() OVER (ORDER BY max(COALESCE(s.weight, 0)) DESC, sum(s.events) DESC, a.actor, a.account_id) AS place,
    a.actor,
    a.account_id,
    max(COALESCE(s.weight, 0)) AS weight,
    count(*) AS sessions,
    count(*) FILTER (s.console) AS console_sessions,
    arg_max(s.session_id, (COALESCE(s.weight, 0), s.events, s.session_id)) AS session_id,
    list(a.session_id ORDER BY s.first_time, a.session_id) AS session_ids,
    list(DISTINCT s.principal) FILTER (s.principal IS NOT NULL) AS principals,
    COALESCE(any_value(i.ips), []) AS ips,
    list_sort(list_distinct(flatten(list(s.user_agents)))) AS user_agents,
    list(DISTINCT s.identity_type) FILTER (s.identity_type IS NOT NULL AND a.name = a.actor) AS identity_types,
    min(s.first_time) AS first_time,
    max(COALESCE(v.last_time, s.last_time)) AS last_time,
    sum(s.events)::BIGINT AS events,
    sum(s.clicks)::BIGINT AS clicks,
    sum(COALESCE(s.findings, 0))::BIGINT AS findings,
    sum(COALESCE(s.attempts, 0))::BIGINT AS attempts,
    sum(s.denied)::BIGINT AS denied
FROM served.actor_sessions AS a
JOIN served.sessions AS s USING (session_id)
LEFT JOIN served.activity AS v USING (session_id)
LEFT JOIN addresses AS i ON i.actor = a.actor AND i.account_id IS NOT DISTINCT FROM a.account_id
GROUP BY a.actor, a.account_id;

-- One row per event that concerns only resources that the same actor had created earlier in the case.
CREATE OR REPLACE TABLE served.own_events AS FROM own_events SEMI JOIN served.findings USING (event_id);

-- What was opened to the outside, and which events had their effect ended: each is read several times below.
CREATE OR REPLACE TABLE served.outside AS SELECT event_id, resource, opened_to_type FROM open_to_outside;
CREATE OR REPLACE TABLE served.ends AS FROM event_ends;

-- One row per event that stands out and reason, with the actor and, if a later event in the case undid it or deleted
-- everything that it concerns, when. outside says whether the event opened something to everyone, to another account or to
-- any address, other than the actor's own data, administrator whether it gave administrator permissions, own whether it concerns only what the same actor had
-- created, and thing the type of resource that it concerns.
CREATE OR REPLACE TABLE served.found AS
SELECT * EXCLUDE (targets, made)
FROM (
    SELECT
        p.place AS actor_place, f.event_time, f.reason, f.effect, f.object, f.target, f.event_key,
        -- The page says this itself for the other reasons.
        CASE WHEN f.reason IN ('data_exposure', 'exfiltration') THEN concat(f.summary, '; ' || o.ownership) ELSE f.summary END
            AS summary,
        f.outcome, f.session_id, f.signal_id, f.event_id,
        n.ended_at,
        len(n.deleted) > 0 AS deleted,
        e.principal,
        COALESCE(regexp_matches(e.error_code, 'NotFound|NoSuch|NotExist'), FALSE) AS missing,
        f.outcome = 'succeeded' AND f.event_id IN (SELECT event_id FROM served.outside)
            AND NOT (f.reason IN ('data_exposure', 'exfiltration') AND o.event_id IS NOT NULL) AS outside,
        COALESCE(e.grants::VARCHAR LIKE '%"administrator":true%', FALSE) AS administrator,
        o.event_id IS NOT NULL AS own,
        list_filter(e.entities, lambda n: n.relation = 'target') AS targets,
        list_filter(e.entities, lambda n: n.relation = 'created') AS made,
        CASE
            WHEN f.reason IN ('impact', 'defense_impairment') THEN COALESCE(list_filter(e.entities, lambda n: n.relation = 'deleted')[1], targets[1]).entity_type
            WHEN len(made) > 0 THEN CASE WHEN len(list_distinct(list_transform(made, lambda n: n.name))) = 1 THEN made[1].entity_type END
            WHEN len(targets) = 1 THEN targets[1].entity_type
        END AS thing
    FROM (
        FROM served.findings
        UNION ALL BY NAME
        -- Ports of websites that were opened to any address are no findings, but are shown with the other ports.
        SELECT DISTINCT
            e.event_time, e.account_id, 'persistence' AS reason, 'changed' AS effect, o.resource AS target, e.event_key, e.summary,
            e.outcome, e.session_id, s.signal_id, e.event_id
        FROM served.outside AS o
        JOIN events AS e USING (event_id)
        LEFT JOIN event_signal AS s USING (event_id)
        WHERE o.opened_to_type = 'network' AND o.event_id NOT IN (SELECT event_id FROM served.findings)
    ) AS f
    JOIN events AS e ON e.event_id = f.event_id
    LEFT JOIN served.own_events AS o ON o.event_id = f.event_id
    JOIN served.actor_sessions AS a ON a.session_id = f.session_id
    JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id
    -- What was read or destroyed stays read or destroyed.
    LEFT JOIN served.ends AS n ON n.event_id = f.event_id AND f.reason NOT IN ('secret_read', 'impact', 'execution')
    -- A trust policy that only removed outside access is shown as the end of that access.
    WHERE NOT (f.effect = 'trusts' AND f.event_id IN (SELECT ended_by FROM served.ends WHERE ended_by IS NOT NULL)
        AND f.event_id NOT IN (SELECT event_id FROM served.outside))
);

-- Short facts about an actor that the sentences of the overview do not state, in the order in which they are shown: failed
-- sign-ins and sign-ins by programs, clients, earlier activity, whose credentials were created, private addresses, and gaps in
-- the evidence. Each has a kind, its text, and what the text is about: a time, a name, a number, an event, when it ended, and
-- what is known about the time after it.
CREATE OR REPLACE TABLE served.facts AS
WITH near AS (
    SELECT p.place, p.actor, p.account_id, p.session_id AS main_session_id, a.session_id, a.name
    FROM served.actor_sessions AS a
    JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id
    WHERE p.place <= 6
),
sign_in AS (
    SELECT n.place, i.*
    FROM sign_ins AS i
    JOIN near AS n USING (session_id)
    WHERE i.way IN ('password', 'federation', 'other')
),
-- The first event of the identity's heaviest session, and what the identity did before it.
begin AS (
    SELECT n.place, n.name, x.account_id, x.first_time, x.ips
    FROM near AS n
    JOIN sessions AS x USING (session_id)
    WHERE n.session_id = n.main_session_id
),
earlier AS (
    SELECT
        b.place, b.name, b.first_time, min(e.event_time) AS seen_since,
        list_sort(list(DISTINCT e.source_ip) FILTER (regexp_matches(e.source_ip, '^[0-9.]+$|:'))) AS ips,
        any_value(b.ips) AS main_ips
    FROM begin AS b
    LEFT JOIN events AS e
        ON b.name IN (e.principal, split_part(e.principal, '/', 1)) AND e.account_id IS NOT DISTINCT FROM b.account_id
        AND e.event_time < b.first_time AND e.invoked_by IS NULL
    GROUP BY b.place, b.name, b.first_time
),
-- Users that were given a credential by the actor, and whether the case shows their creation.
given AS (
    SELECT
        l.place, l.credential_type, l.credential, l."user", l.made_at, l.event_id, l.account_id,
        (
            SELECT min(event_time) FROM event_entities AS c
            WHERE c.entity_type = 'user' AND c.relation = 'created' AND c.outcome = 'succeeded' AND c.name = l."user"
                AND c.account_id IS NOT DISTINCT FROM l.account_id AND c.event_time <= l.made_at
        ) AS created_at,
        (
            SELECT min(first_time) FROM sessions AS x
            WHERE x.principal = l."user" AND x.account_id IS NOT DISTINCT FROM l.account_id AND x.first_time < l.made_at
        ) AS seen_since,
        (
            SELECT list_sort(list_distinct(flatten(list(ips)))) FROM sessions AS x
            WHERE x.principal = l."user" AND x.account_id IS NOT DISTINCT FROM l.account_id AND x.first_time < l.made_at
        ) AS earlier_ips,
        l.ips
    FROM (
        SELECT DISTINCT n.place, l.credential_type, l.credential, l."user", l.made_at, l.event_id, x.account_id, x.ips
        FROM served.links AS l
        JOIN near AS n ON n.session_id = l.maker_session_id
        JOIN sessions AS x ON x.session_id = l.session_id
        WHERE l.made AND l.credential_type IN ('access_key', 'password')
    ) AS l
),
agents AS (
    SELECT
        n.place,
        regexp_replace(u.agent, '_[0-9a-f]{8}-[0-9a-f-]{27}$', '_…')[:60] AS agent,
        count(*) AS events,
        list_sort(list(DISTINCT regexp_extract(e.user_agent, 'md/command#([a-z0-9.-]+)', 1))
            FILTER (regexp_matches(e.user_agent, 'md/command#[a-z0-9.-]+'))) AS commands
    FROM events AS e
    JOIN near AS n USING (session_id)
    JOIN (SELECT DISTINCT client, user_agent, agent FROM user_agents WHERE client NOT IN ('console', 'internal', 'service')) AS u
        ON u.client = e.client AND u.user_agent = e.user_agent
    WHERE NOT contains(e.user_agent, 'aws-internal/')
    GROUP BY ALL
),
private AS (
    SELECT n.place, e.source_ip AS ip, count(*) AS events
    FROM events AS e
    JOIN near AS n USING (session_id)
    WHERE regexp_matches(e.source_ip, '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.)')
    GROUP BY ALL
),
-- Buckets, functions and tables that the actor's calls name and that it did not create.
opened AS (
    SELECT n.place, x.account_id, e.entity_type, e.name, bool_or(e.relation = 'created') AS own
    FROM event_entities AS e
    JOIN near AS n USING (session_id)
    JOIN sessions AS x USING (session_id)
    WHERE e.entity_type IN ('bucket', 'function', 'table') AND e.outcome = 'succeeded'
    GROUP BY ALL
),
gap AS (FROM trail_gaps),
no_data AS (SELECT account_id FROM gap WHERE gap = 'category' AND name = 'Data'),
fact AS (
    SELECT
        place, 1 AS rank, 'failed sign-ins' AS kind, min(event_time) AS time,
        concat(
            count(*) FILTER (result = 'failure'), CASE count(*) FILTER (result = 'failure') WHEN 1 THEN ' failed sign-in' ELSE ' failed sign-ins' END,
            ' as ', principal, ' from ', string_agg(DISTINCT source_ip, ', ' ORDER BY source_ip) FILTER (result = 'failure'),
            ' (', CASE count(*) FILTER (result = 'failure') WHEN 1 THEN '' ELSE 'first at ' END,
            strftime(min(event_time) FILTER (result = 'failure'), '%Y-%m-%d %H:%M:%S UTC'), ')',
            COALESCE(
                '; the next sign-in succeeded at '
                    || strftime(min(event_time) FILTER (result = 'success' AND failures_before > 0), '%Y-%m-%d %H:%M:%S UTC'),
                '; no later sign-in succeeded within an hour'
            )
        ) AS text,
        principal AS name, count(*) FILTER (result = 'failure') AS number, NULL AS event_id,
        min(event_time) FILTER (result = 'success' AND failures_before > 0) AS until, NULL AS later
    FROM sign_in
    GROUP BY place, principal
    HAVING count(*) FILTER (result = 'failure') > 0
    UNION ALL
    SELECT
        place, 2, 'program sign-in', event_time,
        concat(
            'The sign-in as ', principal, ' at ', strftime(event_time, '%Y-%m-%d %H:%M:%S UTC'), ' from ', source_ip,
            CASE result WHEN 'failure' THEN ' (failed)' END, ' came from a program, not a browser (user agent ',
            regexp_replace(user_agent, '_[0-9a-f]{8}-[0-9a-f-]{27}$', '_…')[:60], ')',
            CASE WHEN mfa IS FALSE THEN ', without MFA' END
        ),
        principal, NULL, event_id, NULL,
        CASE WHEN result = 'success' THEN concat('; a program signed in', CASE WHEN mfa IS FALSE THEN ' without MFA' END) END
    FROM sign_in
    WHERE way = 'password' AND NOT regexp_matches(user_agent, '^\[?Mozilla/')
    UNION ALL
    SELECT
        place, 3, 'clients', NULL,
        concat('Clients: ', array_to_string(list(
            concat(agent, ' (' || array_to_string(commands[:4], ', ') || ')') ORDER BY events DESC, agent
        )[:5], '; '), CASE WHEN count(*) > 5 THEN format('; and {} more', count(*) - 5) END),
        NULL, count(*), NULL, NULL, NULL
    FROM agents
    GROUP BY place
    UNION ALL
    SELECT
        place, 4, CASE WHEN seen_since IS NULL THEN 'first seen' ELSE 'seen before' END, first_time,
        CASE
            WHEN seen_since IS NULL THEN concat(
                'First seen at ', strftime(first_time, '%Y-%m-%d %H:%M:%S UTC'), '; no earlier activity by ', name, ' in the case'
            )
            ELSE concat(
                name, ' was active before the most notable session, since ', strftime(seen_since, '%Y-%m-%d %H:%M:%S UTC'),
                CASE
                    WHEN len(ips) = 0 THEN NULL
                    WHEN NOT list_has_any(ips, main_ips) THEN ', from other addresses (' || array_to_string(ips[:4], ', ')
                        || CASE WHEN len(ips) > 4 THEN ', …' ELSE '' END || ')'
                    WHEN list_has_all(main_ips, ips) THEN ', from the same addresses'
                END
            )
        END,
        name, NULL, NULL, CASE WHEN seen_since IS NULL THEN (SELECT min(first_time) FROM sessions) END, NULL
    FROM earlier
    UNION ALL
    SELECT
        place, 5, CASE WHEN credential_type = 'access_key' THEN 'key created' WHEN created_at IS NULL THEN 'password set' ELSE 'password of new user' END, made_at,
        concat(
            CASE credential_type WHEN 'access_key' THEN 'Access key ' || credential || ' was created' ELSE 'A console password was set' END,
            CASE
                WHEN created_at IS NOT NULL THEN ' for user ' || "user" || ', which was created in the case at '
                    || strftime(created_at, '%Y-%m-%d %H:%M:%S UTC')
                ELSE ' for the existing user ' || "user"
                    || COALESCE(', which was active in the case since ' || strftime(seen_since, '%Y-%m-%d %H:%M:%S UTC'), '')
                    || CASE
                        WHEN len(earlier_ips) > 0 AND NOT list_has_any(earlier_ips, ips)
                            THEN ', from other addresses (' || array_to_string(earlier_ips[:4], ', ') || ')'
                        ELSE ''
                    END
            END
        ),
        "user", NULL, event_id, NULL,
        CASE WHEN created_at IS NULL THEN concat(
            '; an existing user', ', active in the case since ' || strftime(seen_since, '%Y-%m-%d %H:%M:%S UTC'),
            CASE WHEN len(earlier_ips) > 0 AND NOT list_has_any(earlier_ips, ips)
                THEN ' from ' || array_to_string(earlier_ips[:4], ', ') END
        ) END
    FROM given
    WHERE "user" IS NOT NULL
    UNION ALL
    SELECT
        place, 6, 'private addresses', NULL,
        concat(
            array_to_string(list(ip ORDER BY events DESC, ip)[:4], ', '),
            CASE WHEN count(*) > 4 THEN format(' and {} more', count(*) - 4) END,
            CASE count(*) WHEN 1 THEN ' is a private address, which does' ELSE ' are private addresses, which do' END,
            ' not show where requests came from'
        ),
        NULL, count(*), NULL, NULL, NULL
    FROM private
    GROUP BY place
    UNION ALL
    SELECT
        n.place, 7, 'no data events', NULL,
        concat('Account ', n.account_id, ' has no data events: reads of objects, function calls and reads of table items are not recorded'),
        NULL, NULL, NULL, NULL, NULL
    FROM (SELECT DISTINCT place, account_id FROM opened) AS n
    JOIN no_data USING (account_id)
    UNION ALL
    SELECT
        o.place, 7, 'no data events', NULL,
        concat(
            'No data events for ', o.entity_type, CASE count(*) WHEN 1 THEN ' ' ELSE 's ' END,
            string_agg(o.name, ', ' ORDER BY o.name),
            CASE o.entity_type
                WHEN 'bucket' THEN ': reads of objects are not recorded'
                WHEN 'function' THEN ': invocations are not recorded'
                ELSE ': reads of items are not recorded'
            END
        ),
        NULL, count(*), NULL, NULL, NULL
    FROM opened AS o
    JOIN gap AS g ON g.gap = 'data events' AND g.account_id = o.account_id AND g.name = o.name
    ANTI JOIN no_data AS d ON d.account_id = o.account_id
    WHERE NOT o.own
    GROUP BY o.place, o.entity_type
    UNION ALL
    SELECT
        n.place, 8, 'logging', g.first_time, g.summary,
        NULL, NULL, g.event_id, g.last_time, NULLIF(regexp_extract(g.summary, '; it was (not )?started or created again .*$'), '')
    FROM gap AS g
    JOIN events AS e ON e.event_id = g.event_id
    JOIN near AS n ON n.session_id = e.session_id
    WHERE g.gap = 'logging' AND g.event_id NOT IN (SELECT event_id FROM served.own_events)
    UNION ALL
    SELECT
        p.place, 9, 'case ends', c.last_time,
        concat('The case ends at ', strftime(c.last_time, '%Y-%m-%d %H:%M:%S UTC'), '; later activity is not in it'),
        p.actor, NULL, NULL, NULL, NULL
    FROM (SELECT DISTINCT place, actor, last_time FROM served.actors WHERE weight > 0 AND place <= 6) AS p
    CROSS JOIN (SELECT max(last_time) AS last_time FROM sessions) AS c
    -- Later activity would be in the case if there had been any.
    WHERE c.last_time < p.last_time + INTERVAL 1 HOUR
)
SELECT
    place,
    list({'kind': kind, 'text': text, 'time': time, 'name': name, 'number': number, 'event_id': event_id, 'until': until,
        'later': later} ORDER BY rank, time, text)[:12] AS facts
FROM fact
WHERE text IS NOT NULL
GROUP BY place;

-- The resources that actors created, and whether a later event in the case deleted them: one row per actor, type and resource.
-- by_service: Secrets Manager deleted a version of the secret, but no request in the case deleted it. scheduled: a request
-- scheduled the deletion.
CREATE OR REPLACE TABLE served.created AS
WITH near AS (
    SELECT p.place, a.session_id
    FROM served.actor_sessions AS a
    JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id
    WHERE p.place <= 6 AND p.weight > 0
),
named AS (
    SELECT
        place, event_id, event_time, account_id, n.entity_type, COALESCE(n.name, n.entity_value) AS name,
        COALESCE(contains(request_parameters, n.entity_value), FALSE) OR regexp_matches(n.entity_value, '^[0-9.]+$') AS is_name
    FROM (
        SELECT n.place, e.event_id, e.event_time, e.account_id, e.request_parameters, unnest(e.entities) AS n
        FROM events AS e
        JOIN near AS n USING (session_id)
        WHERE e.outcome = 'succeeded' AND e.entities IS NOT NULL AND e.read_only IS NOT TRUE
            AND e.event_category IS DISTINCT FROM 'Data'
    )
    -- What nothing deletes, or what ends on its own.
    WHERE n.relation = 'created' AND n.entity_type NOT IN ('command', 'session', 'environment', 'query', 'task')
),
-- A resource may be recorded with a name and an ID.
thing AS (
    SELECT
        *,
        CASE WHEN count(*) OVER same_type = 2 AND count(*) FILTER (is_name) OVER same_type = 1
            THEN first_value(name) OVER (same_type ORDER BY is_name DESC) ELSE name END AS thing
    FROM named
    WINDOW same_type AS (PARTITION BY event_id, entity_type)
),
ended AS (
    SELECT
        account_id, n.entity_type, COALESCE(n.name, n.entity_value) AS name,
        max(event_time) FILTER (n.relation = 'deleted') AS deleted_at,
        max(event_time) FILTER (event_name = 'EndSecretVersionDelete') AS version_deleted_at,
        max(event_time) FILTER (n.relation = 'target' AND (event_name = 'DeleteSecret' OR event_name = 'ScheduleKeyDeletion'))
            AS scheduled_at
    FROM (
        SELECT account_id, event_time, event_name, unnest(entities) AS n
        FROM events
        WHERE outcome = 'succeeded' AND entities IS NOT NULL AND read_only IS NOT TRUE
            AND event_category IS DISTINCT FROM 'Data'
    )
    WHERE n.relation = 'deleted' OR event_name = 'EndSecretVersionDelete' OR event_name = 'DeleteSecret'
        OR event_name = 'ScheduleKeyDeletion'
    GROUP BY ALL
)
SELECT
    t.place,
    t.entity_type,
    t.thing AS name,
    max(t.event_time) AS created_at,
    arg_max(t.event_id, (t.event_time, t.event_id)) AS event_id,
    max(e.deleted_at) FILTER (e.deleted_at >= t.event_time) AS deleted_at,
    max(e.deleted_at) FILTER (e.deleted_at >= t.event_time) IS NULL
        AND COALESCE(max(e.version_deleted_at) >= max(t.event_time), FALSE) AS by_service,
    CASE WHEN by_service THEN max(e.version_deleted_at) END AS version_deleted_at,
    COALESCE(max(e.scheduled_at) >= max(t.event_time), FALSE) AS scheduled
FROM thing AS t
LEFT JOIN ended AS e ON e.account_id = t.account_id AND e.entity_type = t.entity_type AND e.name = t.name
GROUP BY t.place, t.account_id, t.entity_type, t.thing;

-- One row per actor: how many events took, shared, weakened or destroyed something (harmed), how many of those concern only
-- what the same actor had created (harmed_own), and what it opened to the outside that was closed again.
CREATE OR REPLACE TABLE served.balance AS
SELECT p.place, h.* EXCLUDE (place), o.* EXCLUDE (place)
FROM served.actors AS p
LEFT JOIN (
    SELECT actor_place AS place, count(DISTINCT event_id) AS harmed, count(DISTINCT event_id) FILTER (own) AS harmed_own
    FROM served.found
    WHERE outcome = 'succeeded' AND reason IN ('exfiltration', 'secret_read', 'data_exposure', 'defense_impairment', 'impact')
    GROUP BY actor_place
) AS h ON h.place = p.place
LEFT JOIN (
    SELECT
        p.place, count(DISTINCT x.event_id) AS opened, count(DISTINCT x.event_id) FILTER (n.ended_at IS NOT NULL) AS closed,
        max(n.ended_at) AS closed_at
    FROM served.outside AS x
    JOIN events AS e USING (event_id)
    JOIN served.actor_sessions AS a USING (session_id)
    JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id
    LEFT JOIN served.ends AS n ON n.event_id = x.event_id
    GROUP BY p.place
) AS o ON o.place = p.place
WHERE p.place <= 6 AND p.weight > 0;

-- What actors looked at: one row per page of the console, and per call by which a program read something before its first
-- change (before; NULL if it did not change anything).
CREATE OR REPLACE TABLE served.looked AS
WITH near AS (
    SELECT p.place, a.session_id
    FROM served.actor_sessions AS a
    JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id
    WHERE p.place <= 6
),
called AS (
    SELECT n.place, e.event_time, e.event_key, e.event_name, e.read_only, e.event_category
    FROM events AS e
    JOIN near AS n USING (session_id)
    ANTI JOIN event_signal AS s ON s.event_id = e.event_id
    WHERE e.client IN ('cli', 'sdk', 'agent') AND e.outcome = 'succeeded'
),
changed AS (SELECT place, min(event_time) AS before FROM called WHERE read_only IS FALSE GROUP BY place)
SELECT
    n.place, 'console' AS how, c.title AS name, count(*) AS times, min(c.time) AS first_time, NULL::TIMESTAMP AS before,
    0 AS rank
FROM served.console AS c
JOIN near AS n USING (session_id)
WHERE c.class = 'click' AND c.kind IN ('view', 'list')
GROUP BY n.place, c.title
UNION ALL
SELECT
    d.place, 'program', d.event_key, count(*), min(d.event_time), any_value(c.before),
    CASE
        WHEN regexp_matches(d.event_name, 'AuthorizationDetails|CredentialReport') THEN 0
        WHEN regexp_matches(d.event_name, '^(List|Describe)|CallerIdentity$') THEN 1
        ELSE 2
    END
FROM called AS d
LEFT JOIN changed AS c USING (place)
WHERE d.read_only AND d.event_category IS DISTINCT FROM 'Data' AND (c.before IS NULL OR d.event_time < c.before)
GROUP BY d.place, d.event_key, d.event_name;

-- One row per pattern of several events, with the actor.
CREATE OR REPLACE TABLE served.patterns AS
SELECT p.place AS actor_place, t.*
FROM patterns AS t
JOIN served.actor_sessions AS a USING (session_id)
JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id;

-- One row per identity of an actor, with its lane in the chart. Identities with console sessions and identities of actors
-- with findings have their own lane, but several roles that one actor used share a lane (joined). All other identities share
-- the last lane.
CREATE OR REPLACE TABLE served.lanes AS
WITH identity AS (
    SELECT
        p.place AS actor_place,
        a.actor,
        a.name,
        a.account_id,
        max(COALESCE(s.weight, 0)) AS weight,
        sum(s.events)::BIGINT AS events,
        count(*) AS sessions,
        arg_max(s.session_id, (COALESCE(s.weight, 0), s.events, s.session_id)) AS session_id,
        list(s.session_id ORDER BY s.first_time, s.session_id) AS session_ids,
        bool_or(s.console) OR any_value(p.weight) > 0 AS has_own,
        a.name <> a.actor AND COALESCE(bool_and(s.identity_type = 'AssumedRole'), FALSE) AS is_role,
        is_role AND count(*) FILTER (is_role) OVER (PARTITION BY p.place) > 1 AS joined,
        row_number() OVER (
            ORDER BY bool_or(s.console) OR any_value(p.weight) > 0 DESC, p.place,
                a.name = a.actor DESC, max(COALESCE(s.weight, 0)) DESC, sum(s.events) DESC, a.name
        ) AS rank
    FROM served.actor_sessions AS a
    JOIN served.sessions AS s USING (session_id)
    JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id
    GROUP BY p.place, a.actor, a.name, a.account_id
),
ranked AS (
    SELECT *, dense_rank() OVER (ORDER BY first_rank) AS own_lane
    FROM (SELECT *, CASE WHEN joined THEN min(rank) FILTER (joined) OVER (PARTITION BY actor_place) ELSE rank END AS first_rank FROM identity)
)
SELECT
    CASE WHEN has_own AND own_lane < 12 THEN own_lane ELSE 12 END AS lane,
    * EXCLUDE (own_lane, first_rank, is_role, joined),
    joined AND lane < 12 AS joined
FROM ranked;

CREATE OR REPLACE TABLE served.lane_sessions AS
SELECT lane, unnest(session_ids) AS session_id FROM served.lanes;

-- One row per second and lane, with the number of events.
CREATE OR REPLACE TABLE served.lane_seconds AS
SELECT l.lane, epoch_us(e.event_time) // 1000000 AS second, count(*) AS events
FROM events AS e
JOIN served.lane_sessions AS l USING (session_id)
GROUP BY ALL;

-- One row per click, and per call by a program that changed something, stands out or was denied.
CREATE OR REPLACE TABLE served.marks AS
SELECT
    l.lane, epoch_us(c.time) // 1000000 AS second, c.kind, c.id, c.session_id, c.summary, c.has_failed AS failed
FROM served.console AS c
JOIN served.lane_sessions AS l USING (session_id)
WHERE c.class IN ('click', 'command')
UNION ALL
SELECT
    l.lane,
    epoch_us(e.event_time) // 1000000,
    CASE
        WHEN list_has_any(list_transform(e.classes, lambda c: c.class), ['secret_read', 'credential_made']) THEN 'secret'
        WHEN list_has_any(list_transform(e.classes, lambda c: c.class), ['exfiltration', 'data_exposure']) THEN 'data'
        WHEN list_contains(list_transform(e.entities, lambda n: n.relation), 'deleted') THEN 'delete'
        WHEN list_contains(list_transform(e.entities, lambda n: n.relation), 'created') THEN 'create'
        WHEN e.read_only IS FALSE THEN 'change'
        ELSE 'view'
    END,
    e.event_id, e.session_id, e.summary, COALESCE(e.outcome IN ('denied', 'failed'), FALSE)
FROM events AS e
JOIN served.lane_sessions AS l USING (session_id)
ANTI JOIN event_signal AS es ON es.event_id = e.event_id
WHERE e.client IS DISTINCT FROM 'service'::event_client
    AND (e.read_only IS FALSE OR len(e.classes) > 0 OR e.denied);
