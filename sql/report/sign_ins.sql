-- One row per sign-in event. Sign-ins without MFA are first, and failed sign-ins are last. A successful check of a second
-- factor alone is not a sign-in (came_in).
SELECT
    row_number() OVER (ORDER BY s.result = 'success' DESC NULLS LAST, s.mfa, s.event_time, s.event_id) AS place,
    epoch_us(s.event_time) AS time,
    s.session_id,
    s.event_id,
    s.principal,
    s.way,
    COALESCE(s.result = 'success' AND s.way <> 'second factor', FALSE) AS came_in,
    COALESCE(s.result = 'failure', FALSE) AS refused,
    s.failure,
    s.mfa,
    s.way = 'password' AND s.user_agent IS NOT NULL AND NOT regexp_matches(s.user_agent, '^\[?Mozilla/') AS by_program,
    with_summary(s.source_ip, a.summary) AS source_ip,
    count(*) FILTER (came_in AND NOT s.mfa) OVER () AS without_factor,
    count(*) FILTER (s.result = 'failure') OVER () AS refusals,
    count(*) FILTER (s.result = 'failure') OVER (PARTITION BY s.session_id) AS refusals_of_session
FROM sign_ins AS s
SEMI JOIN searched USING (session_id)
LEFT JOIN addresses AS a ON a.address = s.source_ip
WHERE s.event_time >= getvariable('since') AND s.event_time < getvariable('until')
