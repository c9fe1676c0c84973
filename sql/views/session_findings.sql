-- One row is one session, with how many of its events stand out and why, done and only tried. weight orders sessions by
-- what stands out: a class counts more the graver it is, and less with each further event of it. An event is counted once in
-- findings or attempts, and once in the column of each of its classes.
-- @order first_time, session_id
-- @tables sessions
-- @column countries The countries of its addresses, sorted; NULL if none is known
-- @column owners The owners of the networks of its addresses, sorted; NULL if none is known
-- @column clouds The cloud ranges that its addresses are in, sorted; NULL if none is known
-- @column weight The greater, the more stands out; 0 if nothing does
-- @column by_made_credential Whether it used a key, password or user that another session of the case made
-- @column findings Events that stand out and were done
-- @column attempts Events that stand out, and were denied or failed
-- @column denied Events that were denied, whatever they were
-- @column privilege_changes Events that granted, trusted, created or loosened
-- @column credentials_made Events that made, set or handed out a credential; stored secrets and parameters are not counted
-- @column defenses_weakened Events that stopped, deleted or changed what watches the account
-- @column data_exposed Events that opened data to others, copied, exported or replicated it
-- @column secrets_read Events that read the value of a secret
-- @column destroyed Events that destroyed something or made it unusable
CREATE OR REPLACE VIEW session_findings AS
WITH counted AS (
    SELECT
        session_id,
        CASE WHEN class = 'credential_made' AND object IN ('secret', 'parameter') THEN 'secret_made' ELSE class END AS class,
        count(DISTINCT event_id) FILTER (outcome = 'succeeded') AS done,
        count(DISTINCT event_id) FILTER (outcome IN ('denied', 'failed')) AS tried
    FROM findings
    GROUP BY ALL
),
weighed AS (
    SELECT
        session_id,
        sum(
            CASE class
                WHEN 'defense_evasion' THEN 6
                WHEN 'data_exposure' THEN 6
                WHEN 'credential_made' THEN 5
                WHEN 'privilege_change' THEN 4
                WHEN 'exfiltration' THEN 4
                WHEN 'impact' THEN 4
                WHEN 'secret_read' THEN 3
                WHEN 'persistence' THEN 3
                WHEN 'secret_made' THEN 1
                ELSE 2
            END * (ln(1 + done) + ln(1 + tried) / 2)
        ) AS weight,
        COALESCE(sum(done) FILTER (class = 'privilege_change'), 0)::BIGINT AS privilege_changes,
        COALESCE(sum(done) FILTER (class = 'credential_made'), 0)::BIGINT AS credentials_made,
        COALESCE(sum(done) FILTER (class = 'defense_evasion'), 0)::BIGINT AS defenses_weakened,
        COALESCE(sum(done) FILTER (class = 'data_exposure'), 0)::BIGINT AS data_exposed,
        COALESCE(sum(done) FILTER (class = 'secret_read'), 0)::BIGINT AS secrets_read,
        COALESCE(sum(done) FILTER (class = 'impact'), 0)::BIGINT AS destroyed
    FROM counted
    GROUP BY session_id
),
-- An event with several classes is one finding.
numbered AS (
    SELECT
        session_id,
        count(DISTINCT event_id) FILTER (outcome = 'succeeded') AS findings,
        count(DISTINCT event_id) FILTER (outcome IN ('denied', 'failed')) AS attempts
    FROM findings
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
    COALESCE(w.destroyed, 0) AS destroyed
FROM sessions AS x
LEFT JOIN weighed AS w USING (session_id)
LEFT JOIN numbered AS n USING (session_id)
LEFT JOIN (SELECT session_id, count(*) AS denied FROM events WHERE denied GROUP BY session_id) AS d USING (session_id)
LEFT JOIN (
    SELECT DISTINCT session_id
    FROM credential_links
    WHERE method IN ('CreateAccessKey', 'CreateUser', 'CreateLoginProfile', 'UpdateLoginProfile')
) AS m USING (session_id)
LEFT JOIN (
    SELECT
        session_id,
        list_sort(list(DISTINCT country) FILTER (country IS NOT NULL)) AS countries,
        list_sort(list(DISTINCT owner) FILTER (owner IS NOT NULL)) AS owners,
        list_sort(list(DISTINCT concat_ws(' ', cloud, cloud_service, cloud_region)) FILTER (cloud IS NOT NULL)) AS clouds
    FROM session_addresses
    GROUP BY session_id
) AS p USING (session_id);
