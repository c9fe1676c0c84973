-- One row is one event that stands out, once for each reason, by whatever client: the one definition that the session list,
-- the report and the hunts share. What the console and services do by themselves is left out, and so is what a service
-- does in somebody's name. Reads and deletions of single objects are in data_out and event_classes: programs make them all
-- day. Denied and failed attempts have their outcome.
-- @order event_time, event_id, class
-- @tables events addresses
-- @column class Why it stands out, as in event_classes
-- @column effect What was done, in the words of the class
-- @column object What it was done to, in the words of the class; NULL if the class needs none
-- @column target The things that the call is about; NULL if it names none
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
CREATE OR REPLACE VIEW findings AS
SELECT
    c.event_time,
    c.account_id,
    c.region,
    c.principal,
    c.source_ip,
    a.country,
    a.owner,
    a.cloud,
    c.client,
    c.class,
    c.effect,
    c.object,
    c.target,
    c.event_key,
    c.summary,
    c.outcome,
    c.error_code,
    c.techniques,
    c.session_id,
    c.signal_id,
    c.event_id
FROM event_classes AS c
LEFT JOIN addresses AS a ON a.address = c.source_ip
WHERE c.client IS DISTINCT FROM 'service'::event_client
    AND c.invoked_by IS NULL
    AND c.kind IS DISTINCT FROM 'background'::signal_kind
    AND c.event_category IS DISTINCT FROM 'Data'
    AND NOT (c.class = 'exfiltration' AND c.effect = 'downloaded')
    AND NOT (c.class = 'impact' AND c.effect = 'cost' AND c.service = 'bedrock')
    AND NOT (c.class = 'privilege_change' AND c.effect = 'revokes')
    AND c.class <> 'reversal';
