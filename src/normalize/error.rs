//! What can be wrong with a record.

use thiserror::Error;

/// How much of an unreadable value an error repeats, in characters.
const SHOWN: usize = 60;

/// One record that is no event: in which file, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {problem}")]
pub struct RecordError {
    /// The file, as it was named to [`super::event`].
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
        /// The line within the record's text, from 1.
        line: usize,
        /// The column within the line, from 1; 0 is the line's start.
        column: usize,
    },
    /// The text is JSON, but no object.
    #[error("a record must be a JSON object")]
    NotAnObject,
    /// A member that every event has is missing, null or empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A member that every event has cannot be understood.
    #[error("{member} is unreadable: {value}")]
    Unreadable {
        /// The member's name.
        member: &'static str,
        /// Its JSON text, shortened, with control characters escaped.
        value: String,
    },
}

impl Problem {
    /// The problem of an unreadable member, its hostile value shortened and escaped.
    pub(super) fn unreadable(member: &'static str, json: &str) -> Self {
        let mut value: String = json.chars().take(SHOWN).flat_map(char::escape_debug).collect();
        if json.chars().nth(SHOWN).is_some() {
            value.push('…');
        }
        Self::Unreadable { member, value }
    }
}

impl From<serde_json::Error> for Problem {
    /// The parser's own message is left out: it may quote the record at any length.
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() {
            return Self::NotAnObject;
        }
        Self::NotJson { line: error.line(), column: error.column() }
    }
}

/// A stored event from which no record can be made.
#[derive(Debug, Error)]
pub enum RebuildError {
    /// A column that holds JSON text holds something else.
    #[error("{column} is not JSON: {source}")]
    Json {
        /// The column: `request_parameters`, `response_elements` or `extra`.
        column: &'static str,
        /// What the parser found.
        source: serde_json::Error,
    },
    /// A time outside the calendar.
    #[error("the time {0} µs is out of range")]
    Time(i64),
}
