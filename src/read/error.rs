//! Errors that prevent a source from being read, and descriptions of documents that are not CloudTrail.

use std::io;

use thiserror::Error;

/// A source that could not be found or read. Names are quoted, so that no file name reaches a terminal unescaped.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such file or folder.
    #[error("no such file or folder: {name:?}")]
    NotFound {
        /// The input, as the user named it.
        name: String,
    },
    /// A glob that does not match anything.
    #[error("no file matches {pattern:?}")]
    NoMatch {
        /// The glob, as the user wrote it.
        pattern: String,
    },
    /// An invalid glob.
    #[error("invalid pattern {pattern:?}: {cause}")]
    BadPattern {
        /// The glob, as the user wrote it.
        pattern: String,
        /// What is wrong with it, and where.
        cause: glob::PatternError,
    },
    /// A folder that could not be listed completely.
    #[error("cannot list {name:?}: {cause}")]
    List {
        /// The folder or the entry in it, if known.
        name: String,
        /// The system's error.
        cause: io::Error,
    },
    /// A link in a folder that leads out of the folder.
    #[error("{name:?} is a link that leads out of the folder, so it was not read; specify its target to read it")]
    LeadsOut {
        /// The link.
        name: String,
    },
    /// Something that may never end, or that is part of another program's memory.
    #[error("{name:?} is not a regular file ({what}), so it was not read")]
    Special {
        /// The source's name.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// A pipe, socket or device in a folder.
    #[error("{name:?} is neither a file nor a folder, so it was not read")]
    NoFile {
        /// The entry.
        name: String,
    },
    /// A file that does not fit into the memory limit. The file is not damaged.
    #[error(
        "{name:?} needs more than the {most} bytes of memory that one file may use, so nothing was loaded from it. \
             Load it again with a larger --memory-limit (three times the uncompressed size), or split the file"
    )]
    TooLarge {
        /// The source's name.
        name: String,
        /// The maximum number of bytes that it may use.
        most: u64,
    },
    /// The system does not have enough memory for a file. The file is not damaged.
    #[error(
        "there is not enough memory to read {name:?}, so nothing was loaded from it; load it again with more memory"
    )]
    NoMemory {
        /// The source's name.
        name: String,
    },
    /// A file that could not be read.
    #[error("cannot read {name:?}: {cause}")]
    Read {
        /// The source's name.
        name: String,
        /// The system's error.
        cause: io::Error,
    },
}

impl ReadError {
    /// The source or the input.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::NotFound { name }
            | Self::List { name, .. }
            | Self::LeadsOut { name }
            | Self::Special { name, .. }
            | Self::NoFile { name }
            | Self::TooLarge { name, .. }
            | Self::NoMemory { name }
            | Self::Read { name, .. } => name,
            Self::NoMatch { pattern } | Self::BadPattern { pattern, .. } => pattern,
        }
    }
}

/// Why a document is refused: what it appears to be instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No bytes, or only whitespace.
    #[error("empty file")]
    Empty,
    /// The placeholder of Git LFS for a file that was not fetched.
    #[error("Git LFS pointer (the file itself was not downloaded)")]
    LfsPointer,
    /// A format known by its first bytes.
    #[error("{0}, not CloudTrail")]
    Format(&'static str),
    /// The list of log files that CloudTrail signs every hour.
    #[error("CloudTrail digest file (it lists log files and contains no events)")]
    Digest,
    /// An S3 notification about an object that was written.
    #[error("S3 event notification (it refers to an object and contains no events)")]
    S3Notification,
    /// An SNS notification. CloudTrail's own notifications announce log files that were written.
    #[error("SNS notification (it contains no CloudTrail events)")]
    SnsNotification,
    /// A queue message.
    #[error("SQS message (it contains no CloudTrail events)")]
    SqsMessage,
    /// An EventBridge event from another source.
    #[error("EventBridge event from {source_name} ({detail_type}), not CloudTrail")]
    EventBridge {
        /// `source`: `aws.health`
        source_name: String,
        /// `detail-type`: `AWS Health Event`
        detail_type: String,
    },
    /// The event that a service sends to a Lambda function.
    #[error("Lambda event from {0}, not CloudTrail")]
    LambdaEvent(String),
    /// A CloudWatch Logs check that the destination is reachable.
    #[error("CloudWatch Logs control message")]
    CloudWatchControl,
    /// CloudWatch Logs events from another source.
    #[error("CloudWatch Logs events from another source, not CloudTrail")]
    CloudWatchLogs,
    /// `GuardDuty`'s own export.
    #[error("GuardDuty finding")]
    GuardDuty,
    /// Security Hub's own export.
    #[error("Security Hub finding")]
    SecurityHub,
    /// An AWS Config item, or the event of a Config rule.
    #[error("AWS Config item")]
    Config,
    /// Another vendor's audit log that resembles CloudTrail.
    #[error("Alibaba Cloud ActionTrail")]
    Alibaba,
    /// VPC flow logs.
    #[error("VPC flow log")]
    VpcFlowLog,
    /// An OCSF event from another product or of another class.
    #[error("OCSF event from {product} (class {class}), not CloudTrail")]
    Ocsf {
        /// `metadata.product.name`
        product: String,
        /// `class_uid`
        class: String,
    },
    /// A Parquet file that cannot be read.
    #[error("broken Parquet: {0}")]
    BrokenParquet(String),
    /// JSON with other contents.
    #[error("JSON without CloudTrail records ({0})")]
    ForeignJson(String),
    /// CSV with other contents.
    #[error("CSV without CloudTrail records (columns: {0})")]
    ForeignCsv(String),
    /// JSON from which nothing could be read.
    #[error("broken JSON: {0}")]
    BrokenJson(String),
    /// Anything else.
    #[error("not JSON or CSV")]
    NotData,
    /// Wrapped in too many layers.
    #[error("nested too deeply")]
    TooDeep,
}

impl Refusal {
    /// Whether it names the format, rather than stating that the format is unknown.
    pub(super) const fn is_specific(&self) -> bool {
        !matches!(self, Self::ForeignJson(_) | Self::BrokenJson(_) | Self::NotData | Self::TooDeep | Self::Empty)
    }
}
