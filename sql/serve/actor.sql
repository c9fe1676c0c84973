-- Who is behind the session $1, what the session created, and who used what it created, in one row.
SELECT
    s.session_id,
    s.principal,
    COALESCE((
        SELECT list({'session_id': ancestor_session_id, 'principal': ancestor, 'path': chain, 'is_origin': is_origin}
            ORDER BY depth DESC, chain)[:200]
        FROM served.chains
        WHERE session_id = $1 AND depth > 0
    ), []) AS behind,
    COALESCE((
        SELECT list(l ORDER BY l.made_at, l.credential)[:200] FROM served.links AS l WHERE l.session_id = $1
    ), []) AS used,
    COALESCE((
        SELECT list({'session_id': c.session_id, 'principal': x.principal, 'path': c.chain, 'first_time': x.first_time,
            'events': x.events, 'ips': x.ips} ORDER BY c.depth, x.first_time, c.chain)[:200]
        FROM served.chains AS c
        JOIN served.sessions AS x ON x.session_id = c.session_id
        WHERE c.ancestor_session_id = $1 AND c.depth > 0
    ), []) AS led_to,
    COALESCE((
        SELECT list({'event_time': m.event_time, 'event_id': m.event_id, 'event_key': m.event_key,
            'entity_type': m.entity_type, 'name': m.name, 'uses': m.uses} ORDER BY m.event_time, m.event_id, m.name)
        FROM (
            SELECT e.event_time, e.event_id, e.event_key, e.n.entity_type, e.n.name, sum(l.uses)::BIGINT AS uses
            FROM (
                SELECT event_time, event_id, event_key, unnest(entities) AS n
                FROM events
                WHERE session_id = $1 AND outcome = 'succeeded' AND read_only IS FALSE
            ) AS e
            LEFT JOIN served.links AS l ON l.event_id = e.event_id AND l.credential = e.n.name
            WHERE e.n.relation = 'created'
            GROUP BY ALL
            ORDER BY e.event_time, e.event_id, e.n.name
            LIMIT 500
        ) AS m
    ), []) AS made,
    COALESCE((
        SELECT list({'how': d.how, 'source': d.source, 'objects': d.objects, 'bytes_out': d.bytes_out,
            'events': d.events} ORDER BY d.bytes_out DESC NULLS LAST, d.events DESC, d.how, d.source)[:200]
        FROM served.data_out AS d
        WHERE d.session_id = $1
    ), []) AS data_out,
    COALESCE((
        SELECT list({'method': l.method, 'credential_type': l.credential_type, 'credential': l.credential,
            'event_id': l.event_id, 'maker_session_id': l.maker_session_id, 'maker': l.maker, 'session_id': l.session_id,
            'user': l."user", 'uses': l.uses} ORDER BY l.made_at, l.credential, l.session_id)[:60]
        FROM served.links AS l
        SEMI JOIN (
            SELECT c.session_id
            FROM served.chains AS c
            WHERE c.ancestor_session_id IN (SELECT ancestor_session_id FROM served.chains WHERE session_id = $1)
        ) AS t ON t.session_id = l.session_id
    ), []) AS links
FROM served.sessions AS s
WHERE s.session_id = $1
