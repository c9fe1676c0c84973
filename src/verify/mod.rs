//! Room: verify. Are the log files those that `CloudTrail` delivered? Its digest files list them with their hashes, name the
//! digest before each, and are signed. No network, no case.
//!
//! As AWS documents it: the hash of a log file and of a digest is that of its content without gzip; what is signed is the
//! end of a digest's period, its place in S3, its hash, and the signature of the digest before it. The signature of a
//! digest stands in the metadata of its S3 object, and in the digest after it.

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

use files::What;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A log file.
    LogFile,
    /// A digest file.
    Digest,
    /// A digest file of log files that were delivered late.
    Backfill,
    /// A time between two digest files that none covers.
    Gap,
}

impl Kind {
    /// Every kind.
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

/// What came of checking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is as it was delivered: its hash is listed in a verified digest, or its own signature fits.
    Verified,
    /// Its content is not what was delivered.
    Altered,
    /// A digest names it, and it is not there.
    Missing,
    /// No digest lists it, although digests cover the time at which it was delivered.
    Unlisted,
    /// It could not be checked.
    Unverified,
}

impl Status {
    /// Every status.
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

    /// Whether it speaks against the files.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Altered | Self::Missing | Self::Unlisted)
    }
}

/// What is known of one file, or of one gap: a row of `file_integrity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it is.
    pub kind: Kind,
    /// What came of it.
    pub status: Status,
    /// Why.
    pub detail: Option<String>,
    /// The file as it was found; `None` if it is missing.
    pub file: Option<String>,
    /// The bucket that a digest names.
    pub s3_bucket: Option<String>,
    /// The S3 key that a digest names.
    pub s3_object: Option<String>,
    /// The S3 key of the digest that lists it, or of the one after it.
    pub digest: Option<String>,
    /// Its account.
    pub account_id: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// The trail of a digest.
    pub trail: Option<String>,
    /// When a log file was delivered, or a period or gap begins.
    pub start_time: Option<Timestamp>,
    /// When a period or gap ends.
    pub end_time: Option<Timestamp>,
    /// The hash that a digest states.
    pub expected_sha256: Option<String>,
    /// The hash of its content.
    pub content_sha256: Option<String>,
    /// The hash of its bytes.
    pub sha256: Option<String>,
    /// The fingerprint of the key that a digest names.
    pub key_fingerprint: Option<String>,
}

impl Check {
    /// Whether it is a digest whose signature only the metadata of its S3 object holds.
    #[must_use]
    pub fn needs_signature(&self) -> bool {
        self.file.is_some() && self.detail.as_deref() == Some(chain::NO_SIGNATURE)
    }

    /// A row with nothing in it but that.
    fn new(kind: Kind, status: Status, detail: Option<String>) -> Self {
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

/// What came of verifying files.
#[derive(Debug)]
pub struct Verification {
    /// Every log file and digest, and every gap, in order of kind, time and place.
    pub checks: Vec<Check>,
    /// Files that are neither log file, nor digest, nor metadata of one. They were not checked.
    pub others: Vec<String>,
    /// Inputs that could not be found.
    pub problems: Vec<ReadError>,
}

impl Verification {
    /// How many rows are of that kind and status.
    #[must_use]
    pub fn count(&self, kind: Kind, status: Status) -> usize {
        self.checks.iter().filter(|check| (check.kind, check.status) == (kind, status)).count()
    }

    /// Whether something speaks against the files.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.checks.iter().any(|check| check.status.is_failure())
    }

    /// Whether something could not be checked.
    #[must_use]
    pub fn is_in_part(&self) -> bool {
        !self.problems.is_empty() || self.checks.iter().any(|check| check.status == Status::Unverified)
    }

    /// The rows of `file_integrity`, checked at that moment.
    ///
    /// # Errors
    /// If the cells here are not the columns of the table, which a test rules out.
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

/// Checks every log file and digest file that the inputs name (files, folders, globs), by these public keys.
///
/// Memory: what the digests list; one file's content on each thread.
#[must_use]
pub fn verify(inputs: &[String], keys: &Keys) -> Verification {
    let (found, problems) = files::gather(inputs);
    let digests = chain::judge(&found, keys);
    let mut checks = digests.checks();
    checks.extend(logs::judge(&found, &digests));
    let key = |check: &Check| (check.kind, check.start_time, check.s3_object.clone(), check.file.clone());
    checks.sort_by_cached_key(key);
    let others = found.iter().filter(|file| matches!(file.what, What::Other));
    let others: BTreeSet<String> = others.map(|file| file.name.clone()).collect();
    Verification { checks, others: others.into_iter().collect(), problems }
}
