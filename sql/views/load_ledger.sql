-- The input files, and whether each file's counts add up: read = inserted + duplicate + merged + rejected + left_out.
-- outcome is 'loaded', 'in part' if some records were rejected, 'left out' if a filter excluded some or all records, or
-- 'refused'.
-- @order file
-- @tables load_files
-- @column outcome 'loaded', 'in part', 'left out' or 'refused'
-- @column balances Whether read = inserted + duplicate + merged + rejected + left_out
-- @column cause Reason why the file was refused, or the error in one of its records. NULL if there is none
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
