-- The input files, each with whether its counts add up: read = inserted + duplicate + merged + rejected + left_out. outcome:
-- 'loaded'; 'in part' if some of it was rejected; 'left out' if a filter left out some or all of its records; 'refused'.
-- @order file
-- @tables load_files
-- @column outcome 'loaded', 'in part', 'left out' or 'refused'
-- @column balances Whether read = inserted + duplicate + merged + rejected + left_out
-- @column cause Reason for the refusal, or the error of one of its records. NULL if there was none
CREATE OR REPLACE VIEW load_ledger AS
SELECT
    f.file,
    CASE
        WHEN f.refused IS NOT NULL THEN 'refused'
        WHEN r.rejects > 0 THEN 'in part'
        WHEN f.filter IS NOT NULL THEN 'left out'
        ELSE 'loaded'
    END AS outcome,
    f.container,
    f.bytes,
    f.documents,
    f.read,
    f.inserted,
    f.duplicate,
    f.merged,
    f.rejected,
    f.left_out,
    f.filter,
    f.read = f.inserted + f.duplicate + COALESCE(f.merged, 0) + f.rejected + COALESCE(f.left_out, 0) AS balances,
    COALESCE(f.refused, r.first_cause) AS cause,
    f.sha256,
    f.loaded_at
FROM load_files AS f
LEFT JOIN (SELECT file, count(*) AS rejects, min(cause) AS first_cause FROM rejects GROUP BY file) AS r USING (file)
ORDER BY f.file;
