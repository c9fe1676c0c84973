-- The addresses of each session, and what is known about them. For addresses that were not looked up, the lookup columns
-- are NULL.
-- @order session_id, address
-- @tables sessions addresses
-- @column session_id The session: sessions.session_id
-- @column summary Country, owner and cloud of the address in one line. NULL if none of these is known
CREATE OR REPLACE VIEW session_addresses AS
SELECT
    x.session_id,
    x.address,
    a.* EXCLUDE (address)
FROM (SELECT session_id, unnest(ips) AS address FROM sessions) AS x
LEFT JOIN addresses AS a USING (address);
