-- One row is one session; place 1 is the one in which most was changed or read that is secret.
SELECT
    row_number() OVER (
        ORDER BY c.changes + c.secrets DESC, c.denied DESC, c.clicks DESC, x.first_time, x.session_id
    ) AS place,
    x.principal,
    x.account_id,
    x.identity_type,
    x.mfa,
    COALESCE(a.ips, []) AS ips,
    COALESCE(a.regions, []) AS regions,
    c.*
FROM chosen AS x
JOIN counted AS c USING (session_id)
LEFT JOIN (
    SELECT
        session_id,
        list_sort(list(DISTINCT source_ip) FILTER (network IS NOT NULL)) AS ips,
        list_sort(list(DISTINCT region)) AS regions
    FROM told
    GROUP BY session_id
) AS a USING (session_id)
