-- Findings that no single event shows, one row per event and class: the first use of an instance's or function's
-- credentials from another network (class 'credential_use'), and the first download of objects by a session that used a
-- credential created in the case (class 'exfiltration'). A download counts for the session that downloaded the objects,
-- not for the session that created the credential.
-- @order event_time, event_id, class
-- @tables events
-- @column class 'credential_use' or 'exfiltration'
-- @column effect 'moved' or 'downloaded'
-- @column object 'instance', 'function' or 'object'
-- @column target The instance, the function, or the buckets
-- @column summary What the events show, in one sentence
CREATE OR REPLACE VIEW derived_findings AS
WITH
moved AS MATERIALIZED (FROM moved_credentials),
found AS (
    SELECT
        m.event_time,
        'credential_use' AS class,
        'moved' AS effect,
        m.machine_type AS object,
        m.machine AS target,
        concat(
            'Credentials of ', m.machine_type, ' ', m.machine, ', which ' || l.maker || ' had created,', ' were used from ', m.source_ip,
            CASE
                WHEN len(m.shared_with) = 1 THEN format(' (an address that {} also used)', m.shared_with[1])
                WHEN len(m.shared_with) = 2 THEN format(' (an address that {} and {} also used)', m.shared_with[1], m.shared_with[2])
                WHEN len(m.shared_with) > 2 THEN format(
                    ' (an address that {} and {} other identities also used)', m.shared_with[1], len(m.shared_with) - 1
                )
            END,
            ', previously only from ', array_to_string(m.known_networks, ' and '), ': ' || m.summary
        ) AS summary,
        m.event_id
    FROM moved AS m
    LEFT JOIN (
        SELECT account_id, n.entity_type, n.name, arg_min(principal, (event_time, event_id)) AS maker
        FROM (
            SELECT account_id, principal, event_time, event_id, unnest(entities) AS n
            FROM events
            WHERE outcome = 'succeeded' AND read_only IS NOT TRUE AND event_category IS DISTINCT FROM 'Data'
                AND entities IS NOT NULL
                -- Nothing is read if no credentials moved.
                AND account_id IN (SELECT account_id FROM moved)
        )
        WHERE n.relation = 'created' AND n.entity_type IN ('instance', 'function')
        GROUP BY account_id, n.entity_type, n.name
    ) AS l ON l.account_id = m.account_id AND l.entity_type = m.machine_type AND l.name = m.machine
    UNION ALL
    SELECT
        d.event_time,
        'exfiltration',
        'downloaded',
        'object',
        array_to_string(sources, ', '),
        concat(
            d.summary,
            CASE
                WHEN objects > 1 THEN concat(
                    ', the first of ', objects, ' objects',
                    CASE
                        WHEN bytes_out = 1 THEN ' (1 byte)'
                        WHEN bytes_out < 1000 THEN ' (' || bytes_out || ' bytes)'
                        WHEN bytes_out < 1000000 THEN format(' ({:.1f} kB)', bytes_out / 1e3)
                        WHEN bytes_out < 1000000000 THEN format(' ({:.1f} MB)', bytes_out / 1e6)
                        WHEN bytes_out IS NOT NULL THEN format(' ({:.1f} GB)', bytes_out / 1e9)
                    END,
                    CASE WHEN len(sources) > 1 THEN ' from ' || array_to_string(sources, ', ') END
                )
            END,
            ' using ',
            CASE WHEN depth > 1 THEN 'credentials obtained with ' END,
            CASE credential_type WHEN 'access_key' THEN 'access key ' WHEN 'password' THEN 'the password of ' ELSE 'user ' END,
            credential, CASE credential_type WHEN 'password' THEN ', set' ELSE ', created' END, ' by ' || maker
        ),
        d.event_id
    FROM (
        SELECT
            arg_min(o.event_id, (o.event_time, o.event_id)) AS event_id,
            arg_min(o.summary, (o.event_time, o.event_id)) AS summary,
            min(o.event_time) AS event_time,
            list_sort(list(DISTINCT COALESCE(o.bucket, 'an unknown bucket'))) AS sources,
            count(DISTINCT concat(o.bucket, '/', o.key)) AS objects,
            sum(o.bytes_out)::BIGINT AS bytes_out,
            any_value(m.credential_type) AS credential_type,
            any_value(m.credential) AS credential,
            any_value(m.maker) AS maker,
            any_value(m.depth) AS depth
        FROM (
            -- The credential that is nearest to the session.
            FROM made_credentials
            QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY depth, made_at DESC, credential_type, event_id) = 1
        ) AS m
        JOIN object_downloads AS o ON o.session_id = m.session_id AND o.event_time >= m.made_at
        GROUP BY m.session_id
    ) AS d
)
-- The planner expects few rows from a list, so that a join with events keeps these rows in memory, not the events.
SELECT f.event_time, f.class, f.effect, f.object, f.target, f.summary, f.event_id
FROM (SELECT unnest(list(found)) AS f FROM found);
