-- One row is one click, command or unexplained event that a reader has to know of, under the weightiest of its aspects.
-- of_aspect counts those of its aspect, failed_of_aspect those of them that failed; the first few are given.
WITH found AS (
    SELECT 1 AS weight, 'watch' AS aspect, event_id FROM defense_evasion
    UNION ALL
    SELECT 2, 'secret', event_id FROM secrets_seen WHERE how = 'read'
    UNION ALL
    SELECT 3, 'credential', event_id FROM secrets_seen WHERE how = 'made'
    UNION ALL
    SELECT 4, 'privilege', event_id FROM privilege_changes
    UNION ALL
    SELECT 5, 'exposure', event_id FROM data_exposure
),
marked AS (
    SELECT f.weight, f.aspect, COALESCE(t.signal_id, t.event_id) AS id, t.signal_id, t.event_id, t.event_time, t.event_key,
        t.session_id, t.error_code, t.summary
    FROM found AS f
    JOIN told AS t USING (event_id)
    WHERE t.class <> 'background'
    UNION ALL
    SELECT 6, 'change', event_id, signal_id, event_id, event_time, event_key, session_id, error_code, summary
    FROM told
    SEMI JOIN changes USING (event_id)
    WHERE class = 'residual'
),
deeds AS (
    SELECT
        min(m.weight) AS weight,
        arg_min(m.aspect, m.weight) AS aspect,
        COALESCE(any_value(s.first_time), min(m.event_time)) AS time,
        any_value(m.session_id) AS session_id,
        COALESCE(any_value(s.summary), min(m.summary)) AS what,
        bool_and(m.error_code IS NOT NULL) AS failed,
        m.id
    FROM marked AS m
    LEFT JOIN signals AS s USING (signal_id)
    GROUP BY m.id
    UNION ALL
    SELECT
        CASE s.kind WHEN 'secret' THEN 2 WHEN 'command' THEN 7 ELSE 6 END,
        CASE s.kind WHEN 'secret' THEN 'secret' WHEN 'command' THEN 'command' ELSE 'change' END,
        s.first_time, s.session_id, s.summary, s.error_code IS NOT NULL, s.signal_id
    FROM clicked AS s
    ANTI JOIN marked AS m ON m.id = s.signal_id
    WHERE s.kind IN ('command', 'change', 'create', 'delete', 'secret')
)
SELECT
    row_number() OVER (ORDER BY weight, failed, time, id) AS place,
    aspect,
    epoch_us(time) AS time,
    x.principal,
    what,
    failed,
    count(*) OVER (PARTITION BY aspect) AS of_aspect,
    count(*) FILTER (failed) OVER (PARTITION BY aspect) AS failed_of_aspect
FROM deeds
JOIN chosen AS x USING (session_id)
QUALIFY row_number() OVER (PARTITION BY aspect ORDER BY failed, time, id) <= 12
