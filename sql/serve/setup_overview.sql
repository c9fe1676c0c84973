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
    max(s.last_time) AS last_time,
    sum(s.events)::BIGINT AS events,
    sum(s.clicks)::BIGINT AS clicks,
    sum(COALESCE(s.findings, 0))::BIGINT AS findings,
    sum(COALESCE(s.attempts, 0))::BIGINT AS attempts,
    sum(s.denied)::BIGINT AS denied
FROM served.actor_sessions AS a
JOIN served.sessions AS s USING (session_id)
LEFT JOIN addresses AS i ON i.actor = a.actor AND i.account_id IS NOT DISTINCT FROM a.account_id
GROUP BY a.actor, a.account_id;

-- One row per event that stands out and reason, with the actor.
CREATE OR REPLACE TABLE served.found AS
SELECT
    p.place AS actor_place, f.event_time, f.class, f.effect, f.object, f.target, f.event_key, f.summary, f.outcome,
    f.session_id, f.signal_id, f.event_id
FROM findings AS f
JOIN served.actor_sessions AS a USING (session_id)
JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id;

-- One row per identity of an actor, with its lane in the chart. Identities with console sessions and identities of actors
-- with findings have their own lane. All other identities share the last lane.
CREATE OR REPLACE TABLE served.lanes AS
WITH ranked AS (
    SELECT
        p.place AS actor_place,
        a.actor,
        a.name,
        a.account_id,
        max(COALESCE(s.weight, 0)) AS weight,
        sum(s.events)::BIGINT AS events,
        count(*) AS sessions,
        arg_max(s.session_id, (COALESCE(s.weight, 0), s.events, s.session_id)) AS session_id,
        list(s.session_id) AS session_ids,
        bool_or(s.console) OR any_value(p.weight) > 0 AS has_own,
        row_number() OVER (
            ORDER BY bool_or(s.console) OR any_value(p.weight) > 0 DESC, p.place,
                a.name = a.actor DESC, max(COALESCE(s.weight, 0)) DESC, sum(s.events) DESC, a.name
        ) AS rank
    FROM served.actor_sessions AS a
    JOIN served.sessions AS s USING (session_id)
    JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id
    GROUP BY p.place, a.actor, a.name, a.account_id
)
SELECT CASE WHEN has_own AND rank < 12 THEN rank ELSE 12 END AS lane, * FROM ranked;

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
