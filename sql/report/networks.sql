-- One row per network from which a known identity was first seen in the selection.
SELECT DISTINCT ON (x.account_id, x.principal, f.used)
    row_number() OVER (ORDER BY f.first_time, f.used) AS place,
    x.principal,
    f.used AS network,
    epoch_us(f.first_time) AS time,
    epoch_us(f.known_since) AS known_since,
    f.active_days,
    f.too_short,
    f.country,
    f.owner
FROM first_uses AS f
JOIN chosen AS x ON x.account_id = f.account_id AND x.principal = f.principal
WHERE f.aspect = 'network'
    AND f.first_time BETWEEN x.first_time AND x.last_time
    AND f.first_time >= getvariable('since') AND f.first_time < getvariable('until')
    AND f.known_since < x.first_time
