-- What the report recommends to contain or undo, in one row: the number of items that are urgent, less urgent and ended,
-- with the first of each, and the number of items by kind. sql/report/remedies.sql creates the remedies table. data is
-- what the most notable identities downloaded, copied or shared, except what they had created themselves.
WITH most AS (SELECT max(weight) AS weight FROM served.sessions),
reported AS (
    SELECT
        r.need, r.what, make_timestamp(r.time) AS time, r.principal, r.events, r.event_id, e.session_id, r.place, r.urgent,
        r.entities, r.account_id, r.region, r.value_of_deleted, r.own, r.action,
        make_timestamp(r.gone) AS ended_at, r.ending, r.ended_by, len(r.deleted) > 0 AS deleted, r.end_event_id, f.session_id AS end_session_id,
        u.last_used, u.uses
    FROM remedies AS r
    -- How often the credential that was created was used, and when for the last time.
    LEFT JOIN (
        SELECT k.place, count(x.event_id) AS uses, max(x.event_time) AS last_used
        FROM (
            SELECT place, unnest(list_filter(entities, lambda n: n.entity_type = 'access_key' AND n.relation = 'created')).entity_value AS credential
            FROM remedies
            WHERE need = 'key'
        ) AS k
        LEFT JOIN events AS x ON x.access_key_id = k.credential
        GROUP BY k.place
    ) AS u ON u.place = r.place
    LEFT JOIN events AS e USING (event_id)
    LEFT JOIN events AS f ON f.event_id = r.end_event_id
)
SELECT
    count(*) FILTER (urgent) AS urgent,
    count(*) FILTER (ended_at IS NULL AND NOT urgent) AS other,
    count(*) FILTER (ended_at IS NOT NULL) AS ended,
    COALESCE(list(item ORDER BY place) FILTER (urgent), [])[:200] AS urgent_items,
    COALESCE(list(item ORDER BY place) FILTER (ended_at IS NULL AND NOT urgent AND of_need <= 40), [])[:200] AS other_items,
    COALESCE(list(item ORDER BY place) FILTER (ended_at IS NOT NULL), [])[:200] AS ended_items,
    (
        SELECT COALESCE(list({'need': need, 'all': n, 'urgent': urgent, 'other': other, 'ended': ended} ORDER BY place), [])
        FROM (
            SELECT
                need, count(*) AS n, count(*) FILTER (urgent) AS urgent,
                count(*) FILTER (gone IS NULL AND NOT urgent) AS other, count(gone) AS ended, min(place) AS place
            FROM remedies
            GROUP BY need
        )
    ) AS needs,
    COALESCE((
        SELECT list(x ORDER BY x.first_time, x.source, x.how)
        FROM (
            SELECT
                d.how, 'bucket' AS thing, d.source, NULL AS what, d.objects, d.bytes_out, d.events, d.first_time, d.last_time,
                d.session_id, NULL AS event_id, d.principal
            FROM served.data_out AS d
            JOIN served.actor_sessions AS a USING (session_id)
            JOIN served.actors AS p ON p.actor = a.actor AND p.account_id IS NOT DISTINCT FROM a.account_id
            CROSS JOIN most AS m
            WHERE d.how = 'downloaded' AND p.weight > 0 AND p.weight >= 0.3 * m.weight
            UNION ALL
            SELECT
                f.effect, f.thing, f.target, f.summary, NULL, NULL, 1, f.event_time, COALESCE(f.ended_at, f.event_time),
                f.session_id, f.event_id, s.principal
            FROM served.found AS f
            JOIN served.actors AS p ON p.place = f.actor_place
            JOIN served.sessions AS s ON s.session_id = f.session_id
            CROSS JOIN most AS m
            WHERE f.reason = 'exfiltration' AND f.effect <> 'downloaded' AND f.outcome = 'succeeded' AND NOT f.own
                AND p.weight > 0 AND p.weight >= 0.3 * m.weight
            ORDER BY bytes_out DESC NULLS LAST, first_time
            LIMIT 100
        ) AS x
    ), []) AS data
FROM (
    SELECT
        *,
        row_number() OVER (PARTITION BY need, urgent, ended_at IS NULL ORDER BY place) AS of_need,
        {'need': need, 'what': what, 'time': time, 'principal': principal, 'events': events, 'event_id': event_id,
            'session_id': session_id, 'ended_at': ended_at, 'ending': ending, 'ended_by': ended_by, 'deleted': deleted,
            'end_event_id': end_event_id, 'end_session_id': end_session_id, 'entities': entities,
            'last_used': last_used, 'uses': uses, 'account_id': account_id, 'region': region, 'value_of_deleted': value_of_deleted, 'own': own,
            'action': action} AS item
    FROM reported
)
