//! Errors that prevent a source from being read, and what a document is if it is not CloudTrail.

use std::io;

use thiserror::Error;

/// A source that could not be found or read at all. Names are quoted, so that no file name reaches a terminal unescaped.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such file or folder.
    #[error("no such file or folder: {name:?}")]
    NotFound {
        /// The input, as the user named it.
        name: String,
    },
    /// A glob that matches nothing.
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
        /// The error of the system.
        cause: io::Error,
    },
    /// A link in a folder that leads out of it.
    #[error("{name:?} is a link that leads out of the folder and was not read; specify its target to read it")]
    LeadsOut {
        /// The link.
        name: String,
    },
    /// Something that may never end, or that is another program's memory.
    #[error("{name:?} is not a regular file ({what}) and was not read")]
    Special {
        /// The source's name.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// A pipe, socket or device in a folder.
    #[error("{name:?} is neither a file nor a folder and was not read")]
    NoFile {
        /// The entry.
        name: String,
    },
    /// A file that does not fit into the memory limit. The file is not damaged.
    #[error(
        "{name:?} needs more than the {most} bytes of memory that one file may use; nothing of it was loaded. \
             Load it again with a larger --memory-limit (three times its uncompressed size), or split it"
    )]
    TooLarge {
        /// The source's name.
        name: String,
        /// The maximum number of bytes that it may use.
        most: u64,
    },
    /// The system has no memory for a file. The file is not damaged.
    #[error("there is not enough memory to read {name:?}; nothing of it was loaded. Load it again with more memory")]
    NoMemory {
        /// The source's name.
        name: String,
    },
    /// A file that could not be read.
    #[error("cannot read {name:?}: {cause}")]
    Read {
        /// The source's name.
        name: String,
        /// The error of the system.
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

/// Why a document is refused: what it looks like instead.
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
    #[error("CloudTrail digest file (it lists log files and has no events)")]
    Digest,
    /// An S3 notification of an object that was written.
    #[error("S3 event notification (it refers to an object and has no events)")]
    S3Notification,
    /// An SNS notification; CloudTrail's own announce log files that were written.
    #[error("SNS notification (it has no CloudTrail events)")]
    SnsNotification,
    /// A message of a queue.
    #[error("SQS message (it has no CloudTrail events)")]
    SqsMessage,
    /// EventBridge from another source.
    #[error("EventBridge event of {source_name} ({detail_type}), not CloudTrail")]
    EventBridge {
        /// `source`: `aws.health`
        source_name: String,
        /// `detail-type`: `AWS Health Event`
        detail_type: String,
    },
    /// The event that a service sends to a Lambda function.
    #[error("Lambda event of {0}, not CloudTrail")]
    LambdaEvent(String),
    /// A CloudWatch Logs check that the destination is reachable.
    #[error("CloudWatch Logs control message")]
    CloudWatchControl,
    /// CloudWatch Logs from another source.
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
    /// OCSF of some other product or class.
    #[error("OCSF event of {product} (class {class}), not CloudTrail")]
    Ocsf {
        /// `metadata.product.name`
        product: String,
        /// `class_uid`
        class: String,
    },
    /// A Parquet file that cannot be read.
    #[error("broken Parquet: {0}")]
    BrokenParquet(String),
    /// JSON of some other kind.
    #[error("JSON without CloudTrail records ({0})")]
    ForeignJson(String),
    /// CSV of some other kind.
    #[error("CSV without CloudTrail records (columns: {0})")]
    ForeignCsv(String),
    /// JSON of which nothing could be read.
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
    /// Whether it names the format, rather than saying that it is unknown.
    pub(super) const fn is_specific(&self) -> bool {
        !matches!(self, Self::ForeignJson(_) | Self::BrokenJson(_) | Self::NotData | Self::TooDeep | Self::Empty)
    }
}
