-- Successful reads of secrets and parameters, one row per event and secret, and how often the identity reads the secret.
-- An identity is a principal without the role session name. A read is routine if all of the following apply: the identity
-- read the secret at least five times; at least 80 % of the intervals between its reads, and the interval before or after
-- this read, differ from the median interval by less than a factor of 2; and the read came from the network and
-- client that the identity uses most often for this secret.
-- @order event_time, event_id, secret
-- @tables events
-- @column identity The principal. For a role, without the session name
-- @column secret Name of the secret or parameter
-- @column reads Number of times that the identity read the secret in the case
-- @column is_first Whether this is the identity's first read of the secret in the case
-- @column usual_gap Median number of seconds between consecutive reads. NULL if there is only one read
-- @column routine Whether the read is part of a regular series
CREATE OR REPLACE VIEW secret_reads AS
WITH
reads AS (
    SELECT DISTINCT
        event_time, account_id, principal, split_part(principal, '/', 1) AS identity, source_ip, network, client,
        n.name AS secret, session_id, event_id
    FROM (
        SELECT *, unnest(entities) AS n
        FROM events
        WHERE outcome = 'succeeded' AND entities IS NOT NULL AND classes IS NOT NULL
            AND list_contains(list_transform(classes, lambda c: c.class), 'secret_read')
    )
    WHERE n.relation IN ('target', 'source')
),
spaced AS (
    SELECT
        *,
        epoch(event_time - lag(event_time) OVER series) AS gap_before,
        epoch(lead(event_time) OVER series - event_time) AS gap_after,
        row_number() OVER series AS place
    FROM reads
    WINDOW series AS (PARTITION BY account_id, identity, secret ORDER BY event_time, event_id)
),
usual AS (
    SELECT
        *,
        count(*) OVER series AS reads,
        median(gap_before) OVER series AS usual_gap,
        mode(network) OVER series AS usual_network,
        mode(client) OVER series AS usual_client
    FROM spaced
    WINDOW series AS (PARTITION BY account_id, identity, secret)
)
SELECT
    event_time,
    account_id,
    principal,
    identity,
    source_ip,
    client,
    secret,
    reads,
    place = 1 AS is_first,
    usual_gap,
    COALESCE(
        reads >= 5
        AND avg((gap_before BETWEEN usual_gap / 2 AND usual_gap * 2)::INTEGER) OVER series >= 0.8
        AND (
            gap_before BETWEEN usual_gap / 2 AND usual_gap * 2
            OR gap_after BETWEEN usual_gap / 2 AND usual_gap * 2
        )
        AND network IS NOT DISTINCT FROM usual_network
        AND client IS NOT DISTINCT FROM usual_client,
        FALSE
    ) AS routine,
    session_id,
    event_id
FROM usual
WINDOW series AS (PARTITION BY account_id, identity, secret);
