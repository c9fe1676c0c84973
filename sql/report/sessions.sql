-- One row per session, or per group of combined sessions of one program. Rank 1 is the most notable.
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
JOIN (SELECT reported_as, count(*) AS sessions, max(weight) AS weight FROM chosen GROUP BY reported_as) AS a USING (reported_as)
LEFT JOIN (
    SELECT
        reported_as,
        list_sort(list(DISTINCT with_summary(t.source_ip, a.summary)) FILTER (t.network IS NOT NULL)) AS ips,
        list_sort(list(DISTINCT t.region)) AS regions
    FROM reported AS t
    LEFT JOIN addresses AS a ON a.address = t.source_ip
    GROUP BY reported_as
) AS p USING (reported_as)
