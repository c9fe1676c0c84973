-- One row is one session, or those of one program that are told as one; place 1 is the one in which most stands out.
SELECT
    row_number() OVER (
        ORDER BY a.weight DESC, x.console DESC, c.changes + c.secrets DESC NULLS LAST, x.first_time, x.session_id
    ) AS place,
    x.principal,
    x.actor,
    x.account_id,
    x.identity_type,
    x.console,
    x.mfa,
    a.sessions,
    COALESCE(p.ips, []) AS ips,
    COALESCE(p.regions, []) AS regions,
    c.*
FROM chosen AS x
JOIN counted AS c USING (session_id)
JOIN (SELECT told_as, count(*) AS sessions, max(weight) AS weight FROM chosen GROUP BY told_as) AS a USING (told_as)
LEFT JOIN (
    SELECT
        told_as,
        list_sort(list(DISTINCT with_summary(t.source_ip, a.summary)) FILTER (t.network IS NOT NULL)) AS ips,
        list_sort(list(DISTINCT t.region)) AS regions
    FROM told AS t
    LEFT JOIN addresses AS a ON a.address = t.source_ip
    GROUP BY told_as
) AS p USING (told_as)
