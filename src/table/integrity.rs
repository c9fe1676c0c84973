//! The table with the integrity of log files, according to CloudTrail's digest files.

use super::ColumnKind::{Text, Timestamp};
use super::{Column, Table};

/// `file_integrity`
pub const FILE_INTEGRITY: Table = Table {
    name: "file_integrity",
    grain: "The log files and digest files that the last run of `cartographer verify` found or reported missing, and gaps \
            between digest files.",
    columns: &[
        Column::new("kind", Text, "Kind of the row: log file, digest, backfill digest or gap"),
        Column::new(
            "status",
            Text,
            "Result: verified; altered, missing or unlisted, which are failures; or unverified if the file could not be checked",
        ),
        Column::new("detail", Text, "Explanation of the status. NULL if none is needed"),
        Column::new("file", Text, "Name under which the file was found. NULL if it is missing"),
        Column::new("s3_bucket", Text, "Bucket of the log file, from its digest. NULL if no digest lists the file"),
        Column::new("s3_object", Text, "S3 key of the log file, from its digest. NULL if no digest lists the file"),
        Column::new(
            "digest",
            Text,
            "S3 key of the digest that lists the log file. For a digest, the S3 key of the digest that names it as \
             its predecessor",
        ),
        Column::new("account_id", Text, "Account of the log file or digest"),
        Column::new("region", Text, "Region of the log file or digest"),
        Column::new("trail", Text, "Trail of the digest"),
        Column::new(
            "start_time",
            Timestamp,
            "For a log file, the delivery time in its name; for a digest, the start of its period; for a gap, its \
             start (UTC)",
        ),
        Column::new("end_time", Timestamp, "End of a digest's period or of a gap (UTC). NULL for a log file"),
        Column::new(
            "expected_sha256",
            Text,
            "SHA-256 of the uncompressed contents according to the digest, in hexadecimal",
        ),
        Column::new("content_sha256", Text, "SHA-256 of the uncompressed contents that were found, in hexadecimal"),
        Column::new("sha256", Text, "SHA-256 of the file on disk, in hexadecimal: load_files.sha256"),
        Column::new("key_fingerprint", Text, "Fingerprint of the public key that the digest names"),
        Column::new("checked_at", Timestamp, "Time of the check (UTC)"),
    ],
};
