-- One row per file that the case was loaded from, in the order of their names.
SELECT
    row_number() OVER (ORDER BY file) AS place,
    file,
    sha256,
    COALESCE(bytes, 0) AS bytes,
    COALESCE(e.events, 0) AS events,
    refused IS NOT NULL AS refused
FROM load_files
LEFT JOIN (
    -- For a file within an archive, `a.zip!b.json`, the loaded file is the archive.
    SELECT
        CASE WHEN source_file IN (SELECT file FROM load_files) THEN source_file ELSE split_part(source_file, '!', 1) END
            AS file,
        count(*) AS events
    FROM reported
    GROUP BY ALL
) AS e USING (file)
