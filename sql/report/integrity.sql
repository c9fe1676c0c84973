-- One row: the result of the last `cartographer verify`, and how many of the case's files it verified.
SELECT
    count(*) FILTER (kind = 'log file' AND status = 'verified') AS verified,
    count(*) FILTER (status IN ('altered', 'missing', 'unlisted')) AS failed,
    count(*) FILTER (status = 'unverified') AS unverified,
    epoch_us(max(checked_at)) AS checked_at,
    (SELECT count(*) FROM load_files WHERE read > 0) AS files,
    (
        SELECT count(*)
        FROM load_files
        WHERE read > 0
            AND sha256 IN (SELECT sha256 FROM file_integrity WHERE kind = 'log file' AND status = 'verified')
    ) AS files_verified
FROM file_integrity
