//! Verifies that log files are those that `CloudTrail` delivered. CloudTrail's digest files contain the hashes of the
//! log files, name the previous digest, and are signed. Does not use the network or a case.
//!
//! According to the AWS documentation, the hashes of log files and digests are computed from their uncompressed
//! contents. The signed text consists of the end of the digest's period, its location in S3, its hash, and the
//! signature of the previous digest. The signature of a digest is in the metadata of its S3 object, and in the next
//! digest.

mod chain;
mod digest;
mod files;
mod keys;
mod logs;

use std::collections::BTreeSet;

use arrow::record_batch::RecordBatch;
use serde::Serialize;

use crate::batch::{BatchError, Cell, Rows};
use crate::event::Timestamp;
use crate::read::ReadError;
use crate::table::FILE_INTEGRITY;

pub use keys::{KeyError, Keys};

use files::FileKind;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// A log file.
    LogFile,
    /// A digest file.
    Digest,
    /// A digest file for log files that were delivered late.
    Backfill,
    /// A period between two digest files that no digest covers.
    Gap,
}

impl CheckKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::LogFile, Self::Digest, Self::Backfill, Self::Gap];

    /// The name in `file_integrity.kind`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogFile => "log file",
            Self::Digest => "digest",
            Self::Backfill => "backfill digest",
            Self::Gap => "gap",
        }
    }
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is unchanged: its hash is in a verified digest, or its own signature matches.
    Verified,
    /// Its contents are not those that were delivered.
    Altered,
    /// A digest lists it, but it is missing.
    Missing,
    /// No digest lists it, although digests cover its delivery time.
    Unlisted,
    /// It could not be checked.
    Unverified,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 5] = [Self::Verified, Self::Altered, Self::Missing, Self::Unlisted, Self::Unverified];

    /// The name in `file_integrity.status`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Unlisted => "unlisted",
            Self::Unverified => "unverified",
        }
    }

    /// Whether it indicates tampering.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Altered | Self::Missing | Self::Unlisted)
    }
}

/// The result for one file or gap: a row of `file_integrity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCheck {
    /// What the row is about.
    pub kind: CheckKind,
    /// The result.
    pub status: Status,
    /// The reason.
    pub detail: Option<String>,
    /// The file in the input; `None` if it is missing.
    pub file: Option<String>,
    /// The bucket in the digest.
    pub s3_bucket: Option<String>,
    /// The S3 key in the digest.
    pub s3_object: Option<String>,
    /// The S3 key of the digest that lists it, or of the next digest.
    pub digest: Option<String>,
    /// Its account.
    pub account_id: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// The trail of a digest.
    pub trail: Option<String>,
    /// The delivery time of a log file, or the start of a period or gap.
    pub start_time: Option<Timestamp>,
    /// The end of a period or gap.
    pub end_time: Option<Timestamp>,
    /// The hash in the digest.
    pub expected_sha256: Option<String>,
    /// The hash of its uncompressed contents.
    pub content_sha256: Option<String>,
    /// The hash of its bytes.
    pub sha256: Option<String>,
    /// The fingerprint of the key in a digest.
    pub key_fingerprint: Option<String>,
}

impl FileCheck {
    /// Whether it is a digest whose signature is only in its S3 object's metadata.
    #[must_use]
    pub fn needs_signature(&self) -> bool {
        self.file.is_some() && self.detail.as_deref() == Some(chain::NO_SIGNATURE)
    }

    /// A row with only these values.
    fn new(kind: CheckKind, status: Status, detail: Option<String>) -> Self {
        Self {
            kind,
            status,
            detail,
            file: None,
            s3_bucket: None,
            s3_object: None,
            digest: None,
            account_id: None,
            region: None,
            trail: None,
            start_time: None,
            end_time: None,
            expected_sha256: None,
            content_sha256: None,
            sha256: None,
            key_fingerprint: None,
        }
    }
}

/// The result of verifying files.
#[derive(Debug)]
pub struct Verification {
    /// All log files, digests and gaps, ordered by kind, time and location.
    pub checks: Vec<FileCheck>,
    /// Files that are neither log files, nor digests, nor metadata. They were not checked.
    pub others: Vec<String>,
    /// Inputs that could not be found.
    pub problems: Vec<ReadError>,
}

impl Verification {
    /// The number of rows with this kind and status.
    #[must_use]
    pub fn count(&self, kind: CheckKind, status: Status) -> usize {
        self.checks.iter().filter(|check| (check.kind, check.status) == (kind, status)).count()
    }

    /// Whether any check indicates tampering.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.checks.iter().any(|check| check.status.is_failure())
    }

    /// Whether something could not be checked.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        !self.problems.is_empty() || self.checks.iter().any(|check| check.status == Status::Unverified)
    }

    /// The rows of `file_integrity`, with the time of the check.
    ///
    /// # Errors
    /// If the cells do not match the columns of the table, which a test excludes.
    pub fn rows(&self, at: Timestamp) -> Result<RecordBatch, BatchError> {
        let mut rows = Rows::new(&FILE_INTEGRITY);
        for check in &self.checks {
            rows.push(&[
                Cell::text(check.kind.as_str()),
                Cell::text(check.status.as_str()),
                Cell::Text(check.detail.as_deref()),
                Cell::Text(check.file.as_deref()),
                Cell::Text(check.s3_bucket.as_deref()),
                Cell::Text(check.s3_object.as_deref()),
                Cell::Text(check.digest.as_deref()),
                Cell::Text(check.account_id.as_deref()),
                Cell::Text(check.region.as_deref()),
                Cell::Text(check.trail.as_deref()),
                Cell::Time(check.start_time),
                Cell::Time(check.end_time),
                Cell::Text(check.expected_sha256.as_deref()),
                Cell::Text(check.content_sha256.as_deref()),
                Cell::Text(check.sha256.as_deref()),
                Cell::Text(check.key_fingerprint.as_deref()),
                Cell::Time(Some(at)),
            ])?;
        }
        rows.finish()
    }
}

/// Checks all log files and digest files in the inputs (files, folders, globs) with these public keys.
///
/// Needs memory for the entries in the digests, and for the contents of one file per thread.
#[must_use]
pub fn verify(inputs: &[String], keys: &Keys) -> Verification {
    let (found, problems) = files::read_all(inputs);
    let digests = chain::check_all(&found, keys);
    let mut checks = digests.checks();
    checks.extend(logs::check_all(&found, &digests));
    let key = |check: &FileCheck| (check.kind, check.start_time, check.s3_object.clone(), check.file.clone());
    checks.sort_by_cached_key(key);
    let others = found.iter().filter(|file| matches!(file.kind, FileKind::Other));
    let others: BTreeSet<String> = others.map(|file| file.name.clone()).collect();
    Verification { checks, others: others.into_iter().collect(), problems }
}
