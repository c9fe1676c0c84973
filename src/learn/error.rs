//! Why nothing can be learned from a recording.

use thiserror::Error;

use crate::batch::BatchError;
use crate::rule::RuleError;

/// A recording that cannot be read. Positions are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordingError {
    /// It is larger than a recording may be.
    #[error("the recording is larger than {0} MiB; record fewer pages, or remove response bodies before exporting")]
    TooLarge(u64),
    /// The text is neither HAR nor CSV.
    #[error("the recording is neither a HAR file nor a CSV file: {0}")]
    Format(String),
    /// A HAR file without any console pages.
    #[error("the recording contains no AWS console pages")]
    NoPages,
    /// More pages than a person opens.
    #[error("the recording contains {0} pages; the maximum is {1}")]
    TooMany(usize, usize),
    /// A time that cannot be read.
    #[error("{place}: {text:?} is not a time; expected RFC 3339, such as 2026-03-01T09:30:00.000Z")]
    Time {
        /// Where it is: `page 3`, `line 7`.
        place: String,
        /// The text, shortened.
        text: String,
    },
    /// A title that is not valid for a page.
    #[error("{place}: the title {problem}")]
    Title {
        /// Where it is.
        place: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A CSV file without the required columns.
    #[error("expected the columns time, title and address (title or address may be missing, but not both), found: {0}")]
    Columns(String),
}

/// Why nothing was learned.
#[derive(Debug, Error)]
pub enum LearnError {
    /// The recording cannot be read.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The trail does not contain any events that the recording could have caused.
    #[error("{0}")]
    Alignment(String),
    /// The rules cannot be used.
    #[error("the rules cannot be used: {}", first(.0))]
    Rules(Vec<RuleError>),
    /// The events of the trail do not have the expected columns.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

fn first(problems: &[RuleError]) -> String {
    problems.first().map_or_else(String::new, ToString::to_string)
}
