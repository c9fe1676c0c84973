-- One row per session: how many of its events stand out and why, counted separately for successful events and for
-- attempts. weight ranks sessions by what stands out: the more serious a class, the more it counts, and each additional
-- event of the same class counts less. An event is counted once in findings or attempts, and once in the column of each
-- of its classes.
-- @order first_time, session_id
-- @tables sessions
-- @column countries Countries of the session's addresses, sorted. NULL if no address database contains them
-- @column owners Network owners of the session's addresses, sorted. NULL if no address database contains them
-- @column clouds Cloud ranges that contain the session's addresses, sorted. NULL if there are none
-- @column weight Weight of what stands out in the session. 0 if nothing does
-- @column by_made_credential Whether the session used a key, password or user that another session in the case created
-- @column findings Number of successful events that stand out
-- @column attempts Number of denied or failed events that stand out
-- @column denied Number of denied events, whether they stand out or not
-- @column privilege_changes Number of events that granted permissions, changed trust, created identities or removed a limit
-- @column credentials_made Number of events that created or set a credential. Stored secrets, stored parameters and issued tokens are not counted
-- @column defenses_weakened Number of events that stopped, deleted or changed logging or monitoring
-- @column data_exposed Number of events that opened data to others, or copied, exported or replicated it
-- @column secrets_read Number of events that read the value of a secret
-- @column destroyed Number of events that destroyed a resource or made it unusable
-- @column credentials_moved Number of first uses of an instance's or function's credentials from another network
-- @column data_exports Number of events that exported data. Downloads of objects count as one, if the session used a credential created in the case
-- @column persistence_changes Number of events that can preserve access
-- @column executions Number of events that ran or changed code or a command
-- @column tokens_issued Number of events that issued a token
-- @column secrets_stored Number of events that stored a secret or a SecureString parameter
-- @column credential_objects Number of objects that any session downloaded with credentials that this session created
-- @column credential_bytes Number of bytes that any session downloaded with credentials that this session created. NULL if there are none, or if the records do not contain the number
CREATE OR REPLACE VIEW session_findings AS
WITH
finding AS MATERIALIZED (SELECT session_id, reason, event_id, outcome FROM findings),
counted AS (
    SELECT
        session_id,
        reason,
        count(DISTINCT event_id) FILTER (outcome = 'succeeded') AS done,
        count(DISTINCT event_id) FILTER (outcome IN ('denied', 'failed')) AS tried
    FROM finding
    GROUP BY ALL
),
weighed AS (
    SELECT
        session_id,
        sum(
            CASE reason
                WHEN 'defense_impairment' THEN 6
                WHEN 'data_exposure' THEN 6
                WHEN 'credential_made' THEN 5
                WHEN 'credential_use' THEN 5
                WHEN 'privilege_change' THEN 4
                WHEN 'exfiltration' THEN 4
                WHEN 'impact' THEN 4
                WHEN 'secret_read' THEN 3
                WHEN 'persistence' THEN 3
                WHEN 'secret_stored' THEN 1
                ELSE 2
            END * (ln(1 + done) + ln(1 + tried) / 2)
        ) AS weight,
        COALESCE(sum(done) FILTER (reason = 'privilege_change'), 0)::BIGINT AS privilege_changes,
        COALESCE(sum(done) FILTER (reason = 'credential_made'), 0)::BIGINT AS credentials_made,
        COALESCE(sum(done) FILTER (reason = 'defense_impairment'), 0)::BIGINT AS defenses_weakened,
        COALESCE(sum(done) FILTER (reason = 'data_exposure'), 0)::BIGINT AS data_exposed,
        COALESCE(sum(done) FILTER (reason = 'secret_read'), 0)::BIGINT AS secrets_read,
        COALESCE(sum(done) FILTER (reason = 'impact'), 0)::BIGINT AS destroyed,
        COALESCE(sum(done) FILTER (reason = 'credential_use'), 0)::BIGINT AS credentials_moved,
        COALESCE(sum(done) FILTER (reason = 'exfiltration'), 0)::BIGINT AS data_exports,
        COALESCE(sum(done) FILTER (reason = 'persistence'), 0)::BIGINT AS persistence_changes,
        COALESCE(sum(done) FILTER (reason = 'execution'), 0)::BIGINT AS executions,
        COALESCE(sum(done) FILTER (reason = 'token_issued'), 0)::BIGINT AS tokens_issued,
        COALESCE(sum(done) FILTER (reason = 'secret_stored'), 0)::BIGINT AS secrets_stored
    FROM counted
    GROUP BY session_id
),
-- An event with several classes is one finding.
numbered AS (
    SELECT
        session_id,
        count(DISTINCT event_id) FILTER (outcome = 'succeeded') AS findings,
        count(DISTINCT event_id) FILTER (outcome IN ('denied', 'failed')) AS attempts
    FROM finding
    GROUP BY session_id
)
SELECT
    x.session_id,
    x.account_id,
    x.principal,
    x.identity_type,
    x.console,
    x.first_time,
    x.last_time,
    x.ips,
    p.countries,
    p.owners,
    p.clouds,
    x.mfa,
    x.events,
    round(COALESCE(w.weight, 0) + ln(1 + COALESCE(d.denied, 0)) + CASE WHEN m.session_id IS NULL THEN 0 ELSE 10 END, 2)
        AS weight,
    m.session_id IS NOT NULL AS by_made_credential,
    COALESCE(n.findings, 0) AS findings,
    COALESCE(n.attempts, 0) AS attempts,
    COALESCE(d.denied, 0) AS denied,
    COALESCE(w.privilege_changes, 0) AS privilege_changes,
    COALESCE(w.credentials_made, 0) AS credentials_made,
    COALESCE(w.defenses_weakened, 0) AS defenses_weakened,
    COALESCE(w.data_exposed, 0) AS data_exposed,
    COALESCE(w.secrets_read, 0) AS secrets_read,
    COALESCE(w.destroyed, 0) AS destroyed,
    COALESCE(w.credentials_moved, 0) AS credentials_moved,
    COALESCE(w.data_exports, 0) AS data_exports,
    COALESCE(w.persistence_changes, 0) AS persistence_changes,
    COALESCE(w.executions, 0) AS executions,
    COALESCE(w.tokens_issued, 0) AS tokens_issued,
    COALESCE(w.secrets_stored, 0) AS secrets_stored,
    COALESCE(o.objects, 0) AS credential_objects,
    o.bytes_out AS credential_bytes
FROM sessions AS x
LEFT JOIN weighed AS w USING (session_id)
LEFT JOIN numbered AS n USING (session_id)
LEFT JOIN (SELECT session_id, count(*) AS denied FROM events WHERE denied GROUP BY session_id) AS d USING (session_id)
LEFT JOIN (SELECT DISTINCT session_id FROM made_credentials WHERE depth = 1) AS m USING (session_id)
LEFT JOIN (
    SELECT session_id, sum(objects)::BIGINT AS objects, sum(bytes_out)::BIGINT AS bytes_out
    FROM credential_downloads
    GROUP BY session_id
) AS o USING (session_id)
LEFT JOIN session_places AS p USING (session_id);
