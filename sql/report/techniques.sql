-- One row is one technique of ATT&CK, with the weightiest of the clicks that show it.
SELECT
    row_number() OVER (ORDER BY max(kind) DESC, count(*) DESC, technique) AS place,
    technique,
    count(*) AS clicks,
    count(error_code) AS failed,
    list(
        {'time': epoch_us(first_time), 'principal': principal, 'what': summary}
        ORDER BY kind DESC, first_time, signal_id
    )[:3] AS shown
FROM (SELECT unnest(attack) AS technique, * EXCLUDE (attack) FROM clicked) AS shows
GROUP BY technique
