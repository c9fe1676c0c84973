-- Object reads recorded by data events, one row per successful call. Empty if the trail has no data events.
-- @order event_time, event_id
-- @tables events
-- @column bucket Name of the bucket
-- @column key Key of the object
-- @column bytes_out Number of bytes in the response. NULL if the record does not contain the number
CREATE OR REPLACE VIEW object_downloads AS
SELECT
    event_time,
    account_id,
    region,
    principal,
    source_ip,
    request_parameters->>'$.bucketName' AS bucket,
    request_parameters->>'$.key' AS key,
    TRY_CAST(TRY_CAST(extra->>'$.additionalEventData.bytesTransferredOut' AS DOUBLE) AS BIGINT) AS bytes_out,
    summary,
    session_id,
    event_id
FROM events
WHERE service = 's3' AND outcome = 'succeeded'
    AND list_contains(list_transform(classes, lambda c: c.class || ' ' || c.effect), 'exfiltration downloaded');
