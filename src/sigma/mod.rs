//! Sigma rules for `product: aws, service: cloudtrail`, converted to SQL over `events`: one query for each rule. Pure: parses
//! text into rules and rules into queries.
//!
//! Values are compared case-insensitively, as Sigma specifies. A field is the path of a member in a CloudTrail record.
//! A path that leads through a list matches if any element does.
//!
//! Source: the Sigma rules specification 2.1, <https://sigmahq.io/sigma-specification/>.

mod condition;
mod correlation;
mod detection;
mod field;
mod rule;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::rule::{SigmaRule, parse};

/// The levels of rules, in ascending order.
pub const LEVELS: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

/// The `case_info` entry that contains a [`Search`] as JSON.
pub const SEARCH_KEY: &str = "sigma";

/// The scope of the search that found a case's saved hits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The number of rules that were run.
    pub rules: u64,
    /// The number of rules that could not be converted.
    pub not_converted: u64,
    /// The number of events in the case at that time.
    pub events: u64,
    /// The time, RFC 3339.
    pub searched_at: String,
}

/// Why a rule cannot be converted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {rule}: {problem}")]
pub struct SigmaError {
    /// The file, as named in messages.
    pub file: String,
    /// The title of the rule, or its position in the file.
    pub rule: String,
    /// What is wrong, or not supported.
    pub problem: Problem,
}

/// A problem with a rule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// The text is not YAML, or not a rule.
    #[error("{0}")]
    Invalid(String),
    /// The rule is for other logs.
    #[error("it is for {0}, not for CloudTrail (`product: aws`, `service: cloudtrail`)")]
    OtherLogs(String),
    /// The rule uses a part of Sigma that is not supported.
    #[error("{0} is not supported")]
    Unsupported(String),
}

impl Problem {
    fn invalid(what: impl Into<String>) -> Self {
        Self::Invalid(what.into())
    }

    fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported(what.into())
    }

    /// Whether the rule is valid, but for other logs.
    #[must_use]
    pub const fn is_other_logs(&self) -> bool {
        matches!(self, Self::OtherLogs(_))
    }
}
