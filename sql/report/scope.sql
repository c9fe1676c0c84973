-- The scope of the report as temporary tables: the searched sessions, the reported sessions, their events, findings and
-- signals within the selected time range, and their counts.
-- Variables: wanted_sessions, wanted_principals (lists; empty for all), since, until (UTC).
CREATE OR REPLACE TEMP MACRO with_summary(address, summary) AS COALESCE(address || ' (' || summary || ')', address);

CREATE OR REPLACE TEMP TABLE searched AS
SELECT
    session_id, principal, account_id, identity_type, console, mfa, first_time, last_time, weight, by_made_credential,
    -- All sessions of a role count as one actor, named after the role.
    split_part(principal, '/', 1) AS actor
FROM session_findings
WHERE (
        len(getvariable('wanted_sessions')) = 0
        OR len(list_filter(getvariable('wanted_sessions'), lambda begin: starts_with(session_id, begin))) > 0
    )
    AND (
        len(getvariable('wanted_principals')) = 0
        OR list_contains(getvariable('wanted_principals'), principal)
    )
    AND last_time >= getvariable('since')
    AND first_time < getvariable('until');

-- Reports console sessions and any session with findings, or every session if sessions or principals were selected
-- explicitly. Sessions of the same program are combined: reported_as is the session with the most severe findings.
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT
    *,
    CASE
        WHEN console OR by_made_credential THEN session_id
        ELSE first_value(session_id) OVER (
            PARTITION BY account_id, actor, identity_type, console, by_made_credential
            ORDER BY weight DESC, first_time, session_id
        )
    END AS reported_as
FROM searched
WHERE console
    OR weight > 0
    OR len(getvariable('wanted_sessions')) > 0
    OR len(getvariable('wanted_principals')) > 0;

CREATE OR REPLACE TEMP TABLE reported AS
SELECT
    e.event_id, e.session_id, x.reported_as, x.principal, e.signal_id, e.event_time, e.event_key, e.source_ip, e.region,
    e.client::VARCHAR AS client, e.user_agent, e.class, e.kind, e.origin::VARCHAR AS origin, e.error_code, e.source_file, e.denied,
    e.summary, e.outcome, e.network, e.read_only, e.techniques, e.entities
FROM event_signals AS e
JOIN chosen AS x USING (session_id)
WHERE e.event_time >= getvariable('since') AND e.event_time < getvariable('until');

-- One row per event and aspect (findings.reason) by which the event stands out. A less severe aspect (persistence,
-- exfiltration and execution) is covered if the event also has a more severe one: it is counted, but not listed again.
CREATE OR REPLACE TEMP TABLE standing AS
SELECT
    f.reason AS aspect, f.effect, f.object, f.event_key,
    CASE WHEN f.reason IN ('data_exposure', 'exfiltration') THEN concat(f.summary, '; ' || o.ownership) ELSE f.summary END AS summary,
    f.outcome, f.event_time, f.event_id, f.account_id,
    x.session_id, x.principal, x.actor, x.weight,
    f.reason IN ('persistence', 'exfiltration')
            AND bool_or(f.reason NOT IN ('persistence', 'exfiltration', 'execution')) OVER same_event
        OR f.reason = 'execution' AND bool_or(f.reason <> 'execution') OVER same_event AS covered
FROM findings AS f
JOIN searched AS x USING (session_id)
LEFT JOIN own_events AS o ON o.event_id = f.event_id
WHERE f.event_time >= getvariable('since') AND f.event_time < getvariable('until')
WINDOW same_event AS (PARTITION BY f.event_id);

CREATE OR REPLACE TEMP TABLE clicked AS
SELECT
    s.signal_id, s.session_id, x.reported_as, x.principal, s.kind, s.title, s.summary, s.attack,
    -- A sign-in has the time of the sign-in event, not of the checks before it.
    CASE WHEN s.kind = 'login' THEN COALESCE(a.event_time, s.first_time) ELSE s.first_time END AS first_time, s.last_time,
    s.confidence, s.named_by, a.error_code
FROM clicks AS s
JOIN chosen AS x USING (session_id)
LEFT JOIN events AS a ON a.event_id = s.anchor_event_id
WHERE s.last_time >= getvariable('since') AND s.first_time < getvariable('until');

-- One row per resource that a click or call changed or created, or whose secret it read (touched), including attempts.
-- Views are not counted. Buckets from which objects were downloaded are included: objects and bytes_out are the downloads by
-- reported sessions or with credentials that they created, and furthest is NULL if nothing else was done to the bucket.
CREATE OR REPLACE TEMP TABLE reached AS
WITH shown AS (
    SELECT n.entity_type, n.entity_value, n.relation, s.kind, s.error_code IS NULL AS done, s.principal, s.first_time,
        s.last_time, s.signal_id AS id
    FROM signal_entities AS n
    JOIN clicked AS s USING (signal_id)
    UNION ALL
    SELECT
        n.entity_type, COALESCE(n.name, n.entity_value), n.relation,
        CASE
            WHEN n.relation IN ('used', 'source') THEN 'view'
            WHEN secret THEN 'secret'
            WHEN n.relation = 'deleted' THEN 'delete'
            WHEN n.relation = 'created' THEN 'create'
            ELSE 'change'
        END::signal_kind,
        done, principal, event_time, event_time, id
    FROM (
        SELECT
            unnest(t.entities) AS n, t.outcome = 'succeeded' AS done, t.principal, t.event_time,
            COALESCE(t.signal_id, t.event_id) AS id,
            t.event_id IN (SELECT event_id FROM standing WHERE aspect IN ('secret_read', 'credential_made')) AS secret
        FROM reported AS t
        WHERE t.entities IS NOT NULL
            AND (t.signal_id IS NULL AND t.read_only IS FALSE
                -- Downloads are added below, and the first use of a moved credential is a read like any other.
                OR t.event_id IN (SELECT event_id FROM standing WHERE effect NOT IN ('downloaded', 'moved')))
    )
),
downloaded AS (
    SELECT
        'bucket' AS entity_type, o.bucket AS entity_value, o.key, o.bytes_out, o.principal, o.event_time, o.event_id,
        m.session_id IS NOT NULL AS by_made_credential
    FROM object_downloads AS o
    LEFT JOIN (
        SELECT session_id, bool_or(maker_session_id IN (SELECT session_id FROM chosen)) AS of_chosen
        FROM made_credentials
        GROUP BY session_id
    ) AS m USING (session_id)
    WHERE o.bucket IS NOT NULL
        AND (o.session_id IN (SELECT session_id FROM chosen) OR m.of_chosen)
        AND o.event_time >= getvariable('since') AND o.event_time < getvariable('until')
)
SELECT
    entity_type,
    entity_value,
    bool_or(done) AS touched,
    max(kind) AS furthest,
    count(DISTINCT id) AS sightings,
    list_sort(list(DISTINCT principal)) AS principals,
    min(first_time) AS first_time,
    max(last_time) AS last_time,
    NULLIF(count(DISTINCT key), 0) AS objects,
    sum(bytes_out)::BIGINT AS bytes_out,
    bool_or(by_made_credential) AS by_made_credential
FROM (
    SELECT entity_type, entity_value, done, kind, id, principal, first_time, last_time, NULL AS key, NULL AS bytes_out,
        FALSE AS by_made_credential
    FROM shown
    WHERE kind >= 'change'::signal_kind AND relation <> 'seen'
    UNION ALL
    SELECT entity_type, entity_value, TRUE, NULL, event_id, principal, event_time, event_time, key, bytes_out, by_made_credential
    FROM downloaded
)
GROUP BY entity_type, entity_value;

-- One row per session or group of combined sessions, and one row for all sessions, whose session_id is NULL.
CREATE OR REPLACE TEMP TABLE counted AS
SELECT e.*, COLUMNS(c.* EXCLUDE (session_id)), COLUMNS(f.* EXCLUDE (session_id))
FROM (
    SELECT
        reported_as AS session_id,
        epoch_us(min(event_time)) AS first_event,
        epoch_us(max(event_time)) AS last_event,
        -- The console sends requests in the background for as long as its page is open.
        epoch_us(COALESCE(max(event_time) FILTER (class <> 'background'), max(event_time))) AS last_active,
        count(*) AS events,
        count(*) FILTER (class IN ('click', 'background', 'residual')) AS console_events,
        count(*) FILTER (class = 'background') AS background,
        count(*) FILTER (class = 'residual') AS unexplained,
        count(*) FILTER (
            class = 'command' OR (class = 'programmatic' AND client IN ('cli', 'sdk', 'agent', 'cloudshell'))
        ) AS typed,
        count(*) FILTER (class = 'programmatic') AS programmatic,
        count(*) FILTER (class = 'programmatic' AND read_only IS FALSE) AS writes,
        count(*) FILTER (denied) AS denied
    FROM reported
    GROUP BY GROUPING SETS ((reported_as), ())
) AS e
LEFT JOIN (
    SELECT
        reported_as AS session_id,
        count(*) AS clicks,
        count(*) FILTER (named_by = 'page') AS on_known_page,
        count(*) FILTER (named_by = 'page' AND confidence >= 0.9) AS high_confidence,
        avg(confidence) FILTER (named_by = 'page') AS mean_confidence,
        count(*) FILTER (named_by = 'service') AS visits,
        count(*) FILTER (named_by = 'call') AS generic_changes,
        count(*) FILTER (kind IN ('view', 'list')) AS looks,
        count(*) FILTER (kind = 'login') AS logins,
        count(*) FILTER (kind = 'session') AS shells,
        count(*) FILTER (kind = 'command') AS commands,
        count(*) FILTER (kind IN ('change', 'create', 'delete')) AS changes,
        count(*) FILTER (kind = 'secret') AS secrets,
        count(error_code) AS failed
    FROM clicked
    GROUP BY GROUPING SETS ((reported_as), ())
) AS c ON c.session_id IS NOT DISTINCT FROM e.session_id
LEFT JOIN (
    SELECT
        x.reported_as AS session_id,
        count(DISTINCT event_id) FILTER (outcome = 'succeeded') AS findings,
        count(DISTINCT event_id) FILTER (outcome <> 'succeeded') AS attempts
    FROM standing
    JOIN chosen AS x USING (session_id)
    GROUP BY GROUPING SETS ((x.reported_as), ())
) AS f ON f.session_id IS NOT DISTINCT FROM e.session_id;
