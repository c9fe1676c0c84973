-- Data that left an account or was made accessible to others, one row per session, kind and source: objects and bytes
-- that were read, according to data events, and snapshots, images and exports that were copied or shared. If the trail
-- has no data events, no object reads are listed.
-- If the session used a credential that another session in the case created, or a credential obtained with it, the
-- behind_session_id, behind and credential columns identify the first session in this chain and the credential that it
-- created.
-- @order first_time, session_id, how, source
-- @tables events
-- @column how 'downloaded', 'shared', 'policy', 'copied', 'exported' or 'replicated'
-- @column source The bucket, snapshot, image or table
-- @column objects Number of distinct objects that were read. NULL if none were read
-- @column bytes_out Number of bytes in the responses. NULL if the records do not contain the number
-- @column events Number of events
-- @column first_time Time of the first event (UTC)
-- @column last_time Time of the last event (UTC)
-- @column behind_session_id The session that created the credential: sessions.session_id. NULL if no session in the case created it
-- @column behind Principal of the session that created the credential
-- @column credential The access key or user that was created
CREATE OR REPLACE VIEW data_out AS
SELECT
    o.*,
    m.behind_session_id,
    m.behind,
    m.credential
FROM (
    SELECT
        account_id,
        principal,
        session_id,
        'downloaded' AS how,
        bucket AS source,
        count(DISTINCT key) AS objects,
        sum(bytes_out)::BIGINT AS bytes_out,
        count(*) AS events,
        min(event_time) AS first_time,
        max(event_time) AS last_time
    FROM object_downloads
    GROUP BY account_id, principal, session_id, source
    UNION ALL
    SELECT
        account_id, principal, session_id, how, resource, NULL, NULL, count(*), min(event_time), max(event_time)
    FROM data_exposure
    WHERE outcome = 'succeeded'
    GROUP BY account_id, principal, session_id, how, resource
) AS o
LEFT JOIN (
    SELECT
        session_id,
        arg_max(maker_session_id, (depth, event_id)) AS behind_session_id,
        arg_max(maker, (depth, event_id)) AS behind,
        arg_max(credential, (depth, event_id)) AS credential
    FROM made_credentials
    GROUP BY session_id
) AS m USING (session_id);
