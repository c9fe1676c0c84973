//! The table of what CloudTrail's digest files say of its log files.

use super::ColumnKind::{Text, Timestamp};
use super::{Column, Table};

/// `file_integrity`
pub const FILE_INTEGRITY: Table = Table {
    name: "file_integrity",
    grain: "One log file or digest file that the last `cartographer verify` found or missed, or one gap between digest files.",
    columns: &[
        Column::new("kind", Text, "log file, digest, backfill digest or gap"),
        Column::new(
            "status",
            Text,
            "verified; altered, missing or unlisted, which are failures; or unverified, if it could not be checked",
        ),
        Column::new("detail", Text, "Why, in words; NULL if there is nothing to say"),
        Column::new("file", Text, "The file, as it was found; NULL if it is missing"),
        Column::new("s3_bucket", Text, "The bucket that the digest names; NULL if no digest names the file"),
        Column::new("s3_object", Text, "The S3 key that the digest names; NULL if no digest names the file"),
        Column::new(
            "digest",
            Text,
            "The S3 key of the digest that lists the log file; of a digest, the one that names it as the digest before it",
        ),
        Column::new("account_id", Text, "The account of the log file or digest"),
        Column::new("region", Text, "The region of the log file or digest"),
        Column::new("trail", Text, "The trail of the digest"),
        Column::new(
            "start_time",
            Timestamp,
            "Of a log file, when it was delivered, as its name says; of a digest, when its period begins; of a gap, when \
             it begins",
        ),
        Column::new("end_time", Timestamp, "When the period of a digest, or a gap, ends; NULL for a log file"),
        Column::new("expected_sha256", Text, "Hash of the content without gzip that a digest states, hex"),
        Column::new("content_sha256", Text, "Hash of the content without gzip that was found, hex"),
        Column::new("sha256", Text, "Hash of the file's bytes as they lie on disk, hex: load_files.sha256"),
        Column::new("key_fingerprint", Text, "The fingerprint of the public key that the digest names"),
        Column::new("checked_at", Timestamp, "When it was checked, UTC"),
    ],
};
