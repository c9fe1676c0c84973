//! The problems that a record can have.

use thiserror::Error;

/// The maximum length of an unreadable value in an error, in characters.
const SHOWN: usize = 60;

/// A record that is not an event: its file, and the problem.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {problem}")]
pub struct RecordError {
    /// The file, as passed to [`super::event`].
    pub file: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// The text is not JSON.
    #[error("invalid JSON at line {line}, column {column}")]
    NotJson {
        /// The line within the record's text, starting at 1.
        line: usize,
        /// The column within the line, starting at 1; 0 is the start of the line.
        column: usize,
    },
    /// The text is JSON, but not an object.
    #[error("a record must be a JSON object")]
    NotAnObject,
    /// A required member is missing, null or empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A required member cannot be parsed.
    #[error("{member} is unreadable: {value}")]
    Unreadable {
        /// The member's name.
        member: &'static str,
        /// Its JSON text, shortened, with control characters escaped.
        value: String,
    },
}

impl Problem {
    /// The problem for an unreadable member. Its value, which may be hostile, is shortened and escaped.
    pub(super) fn unreadable(member: &'static str, json: &str) -> Self {
        let mut value: String = json.chars().take(SHOWN).flat_map(char::escape_debug).collect();
        if json.chars().nth(SHOWN).is_some() {
            value.push('…');
        }
        Self::Unreadable { member, value }
    }
}

impl From<serde_json::Error> for Problem {
    /// The parser's own message is left out, because it may quote any amount of the record.
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() {
            return Self::NotAnObject;
        }
        Self::NotJson { line: error.line(), column: error.column() }
    }
}

/// The reason why a record cannot be rebuilt from a stored event.
#[derive(Debug, Error)]
pub enum RebuildError {
    /// A JSON column contains a value that is not JSON.
    #[error("{column} is not JSON: {source}")]
    Json {
        /// The column: `request_parameters`, `response_elements` or `extra`.
        column: &'static str,
        /// The parser's message.
        source: serde_json::Error,
    },
    /// A time out of range.
    #[error("the time {0} µs is out of range")]
    Time(i64),
}
