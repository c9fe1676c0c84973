-- Objects that were read with a key, password or user that was created in the case, or with a credential obtained through
-- one of them. One row per creating event that led to such reads. Only reads after the credential was created are
-- counted.
-- @order event_time, event_id
-- @tables events
-- @column event_time Time at which the credential was created (UTC)
-- @column session_id The session that created the credential: sessions.session_id
-- @column event_id The event that created the credential: events.event_id
-- @column credential The key or user that was created
-- @column sources Buckets that the objects were read from, sorted
-- @column objects Number of distinct objects that were read
-- @column bytes_out Number of bytes in the responses. NULL if the records do not contain the number
-- @column downloads Number of successful calls
-- @column readers Principals that read the objects, sorted
-- @column first_time Time of the first call (UTC)
-- @column last_time Time of the last call (UTC)
-- @column summary Description of the downloads in one sentence
CREATE OR REPLACE VIEW credential_downloads AS
SELECT
    made_at AS event_time,
    maker_session_id AS session_id,
    event_id,
    credential,
    sources,
    objects,
    bytes_out,
    downloads,
    readers,
    first_time,
    last_time,
    concat(
        objects, CASE objects WHEN 1 THEN ' object' ELSE ' objects' END,
        CASE
            WHEN bytes_out = 1 THEN ' (1 byte)'
            WHEN bytes_out < 1000 THEN ' (' || bytes_out || ' bytes)'
            WHEN bytes_out < 1000000 THEN format(' ({:.1f} kB)', bytes_out / 1e3)
            WHEN bytes_out < 1000000000 THEN format(' ({:.1f} MB)', bytes_out / 1e6)
            WHEN bytes_out IS NOT NULL THEN format(' ({:.1f} GB)', bytes_out / 1e9)
        END,
        CASE objects WHEN 1 THEN ' was' ELSE ' were' END, ' downloaded from ', array_to_string(sources, ', '),
        ' by ' || array_to_string(readers, ', '),
        CASE WHEN indirect THEN ' using this credential or credentials obtained with it' ELSE ' using this credential' END
    ) AS summary
FROM (
    SELECT
        m.event_id,
        any_value(m.made_at) AS made_at,
        any_value(m.maker_session_id) AS maker_session_id,
        any_value(m.credential) AS credential,
        list_sort(list(DISTINCT COALESCE(o.bucket, 'an unknown bucket'))) AS sources,
        count(DISTINCT concat(o.bucket, '/', o.key)) AS objects,
        sum(o.bytes_out)::BIGINT AS bytes_out,
        count(*) AS downloads,
        COALESCE(list_sort(list(DISTINCT o.principal) FILTER (o.principal IS NOT NULL)), []) AS readers,
        min(o.event_time) AS first_time,
        max(o.event_time) AS last_time,
        bool_or(m.depth > 1) AS indirect
    FROM made_credentials AS m
    JOIN object_downloads AS o ON o.session_id = m.session_id AND o.event_time >= m.made_at
    GROUP BY m.event_id
);
