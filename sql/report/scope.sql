-- What the report is about, as temporary tables: the sessions of the console that were chosen, their events and their
-- signals within the time that was asked for, and what there is of each.
-- Variables: wanted_sessions, wanted_principals (lists; an empty one wants all), since, until (UTC).
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT session_id, principal, account_id, identity_type, mfa, first_time, last_time
FROM sessions
WHERE console
    AND (
        len(getvariable('wanted_sessions')) = 0
        OR len(list_filter(getvariable('wanted_sessions'), lambda begin: starts_with(session_id, begin))) > 0
    )
    AND (
        len(getvariable('wanted_principals')) = 0
        OR list_contains(getvariable('wanted_principals'), principal)
    )
    AND last_time >= getvariable('since')
    AND first_time < getvariable('until');

CREATE OR REPLACE TEMP TABLE told AS
SELECT
    e.event_id, e.session_id, e.signal_id, e.event_time, e.event_key, e.source_ip, e.region, e.client::VARCHAR AS client,
    e.class, e.kind, e.origin::VARCHAR AS origin, e.error_code, e.source_file,
    e.denied, e.outcome, e.network, e.summary
FROM event_signals AS e
SEMI JOIN chosen USING (session_id)
WHERE e.event_time >= getvariable('since') AND e.event_time < getvariable('until');

CREATE OR REPLACE TEMP TABLE clicked AS
SELECT
    s.signal_id, s.session_id, x.principal, s.kind, s.title, s.summary, s.attack, s.first_time, s.last_time,
    s.confidence, s.named_by, a.error_code
FROM clicks AS s
JOIN chosen AS x USING (session_id)
LEFT JOIN events AS a ON a.event_id = s.anchor_event_id
WHERE s.last_time >= getvariable('since') AND s.first_time < getvariable('until');

-- One row a session, and one for all of them, whose session_id is NULL.
CREATE OR REPLACE TEMP TABLE counted AS
SELECT e.*, COLUMNS(c.* EXCLUDE (session_id))
FROM (
    SELECT
        session_id,
        epoch_us(min(event_time)) AS first_event,
        epoch_us(max(event_time)) AS last_event,
        count(*) AS events,
        count(*) FILTER (class IN ('click', 'background', 'residual')) AS console_events,
        count(*) FILTER (class = 'background') AS background,
        count(*) FILTER (class = 'residual') AS unexplained,
        count(*) FILTER (
            class = 'command' OR (class = 'programmatic' AND client IN ('cli', 'sdk', 'agent', 'cloudshell'))
        ) AS typed,
        count(*) FILTER (denied) AS denied
    FROM told
    GROUP BY GROUPING SETS ((session_id), ())
) AS e
LEFT JOIN (
    SELECT
        session_id,
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
    GROUP BY GROUPING SETS ((session_id), ())
) AS c ON c.session_id IS NOT DISTINCT FROM e.session_id;
