-- One row is one identity, session and place that data left from or was opened to others: objects and bytes read, as data
-- events say, snapshots, images and exports copied or shared. A trail without data events shows no reads of objects.
-- @order first_time, session_id, how, source
-- @tables events
-- @column how 'downloaded', 'shared', 'policy', 'copied', 'exported' or 'replicated'
-- @column source The bucket, snapshot, image or table
-- @column objects How many different objects were read; NULL where there are none
-- @column bytes_out How many bytes the responses had; NULL where the trail does not say
-- @column events How many events
-- @column first_time The first of them, UTC
-- @column last_time The last of them, UTC
CREATE OR REPLACE VIEW data_out AS
SELECT
    account_id,
    principal,
    session_id,
    'downloaded' AS how,
    request_parameters->>'$.bucketName' AS source,
    count(DISTINCT request_parameters->>'$.key') AS objects,
    sum(TRY_CAST(extra->>'$.additionalEventData.bytesTransferredOut' AS DOUBLE))::BIGINT AS bytes_out,
    count(*) AS events,
    min(event_time) AS first_time,
    max(event_time) AS last_time
FROM events
WHERE service = 's3' AND outcome = 'succeeded'
    AND list_contains(list_transform(classes, lambda c: c.class || ' ' || c.effect), 'exfiltration downloaded')
GROUP BY account_id, principal, session_id, source
UNION ALL
SELECT
    account_id, principal, session_id, how, resource, NULL, NULL, count(*), min(event_time), max(event_time)
FROM data_exposure
WHERE outcome = 'succeeded'
GROUP BY account_id, principal, session_id, how, resource;
