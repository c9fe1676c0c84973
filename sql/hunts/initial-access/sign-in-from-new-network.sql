-- Who signed in from a network they had never used before?
-- tactic: initial-access
-- techniques: T1078.004
-- hit: an identity signed in to the console from a network (/24 for IPv4, /48 for IPv6) that it had not used before,
--   although it had used other networks.
-- false positives: travel, a new internet provider, or the first day on a VPN. If the trail covers little time before
--   the sign-in, few of the identity's networks are known.
SET VARIABLE since = TIMESTAMP '2000-01-01'; -- only activity at or after this time (UTC)
SET VARIABLE until = TIMESTAMP '2100-01-01'; -- only activity at or before this time (UTC)
SET VARIABLE principal = '%'; -- only principals whose name matches this pattern; % matches any text
WITH known AS (
    SELECT account_id, principal, network, min(event_time) AS since
    FROM events
    WHERE network IS NOT NULL AND principal IS NOT NULL AND outcome NOT IN ('failed', 'denied')
    GROUP BY ALL
)
SELECT event_time AS time, principal, what, network, user_agent,
    source_ip, account_id, region, error_code, session_id, signal_id, event_id
FROM described_events AS e
WHERE event_key = 'signin:ConsoleLogin'
    AND outcome = 'succeeded'
    AND event_time BETWEEN getvariable('since') AND getvariable('until')
    AND coalesce(principal, '') LIKE getvariable('principal')
    AND EXISTS (
        FROM known AS k
        WHERE k.account_id = e.account_id AND k.principal = e.principal AND k.since < e.event_time
    )
    AND NOT EXISTS (
        FROM known AS k
        WHERE k.account_id = e.account_id AND k.principal = e.principal AND k.network = e.network
            AND k.since < e.event_time
    )
ORDER BY time, event_id;
