-- Calls from a CLI, an SDK or CloudShell in console sessions.
-- @order event_time, event_id
-- @tables events
-- @column tool Program with its version, from the start of the user agent
-- @column command AWS CLI command, if the user agent names it: s3.ls
CREATE OR REPLACE VIEW typed_commands AS
SELECT
    e.event_time,
    e.account_id,
    e.region,
    e.principal,
    e.source_ip,
    e.client,
    split_part(e.user_agent, ' ', 1) AS tool,
    NULLIF(regexp_extract(e.user_agent, 'command[/#]([a-z0-9.-]+)', 1), '') AS command,
    e.event_key,
    e.error_code,
    e.read_only,
    e.request_parameters,
    e.session_id,
    e.event_id
FROM events AS e
JOIN sessions AS x USING (session_id)
WHERE x.console AND e.client IN ('cloudshell', 'cli', 'sdk', 'agent');
