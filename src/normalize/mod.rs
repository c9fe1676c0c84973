//! One record's text in, one [`Event`] out, and back. Pure.
//!
//! [`event`] walks a record once, one level at a time: members that a field of [`Event`] is for are decoded, nested
//! objects stay the text they were, and whatever no field holds exactly goes into `extra`. [`rebuild()`] turns that
//! round, so nothing a log said is lost and nothing is stored twice. [`caller`] and the evidence bits judge what was read.

mod aggregated;
pub mod caller;
mod error;
mod evidence;
mod extra;
mod fingerprint;
mod identity;
mod rebuild;
mod record;
mod scalar;
mod time;

pub use aggregated::{Aggregated, aggregated};
pub use caller::client;
pub use error::{Problem, RebuildError, RecordError};
pub use rebuild::rebuild;

use crate::event::Event;
use crate::read::RecordText;

/// Normalizes one record. Every field is filled but `session_id`, which [`crate::session`] gives.
///
/// `json` is one `CloudTrail` record, a JSON object; `file` is named in the error only.
///
/// # Errors
/// The text is no JSON object, or the record does not say when and what: no readable `eventTime` (nor Logstash's
/// `@timestamp`), no `eventSource` or no `eventName` (nor `insightDetails` with them).
pub fn event<'a>(json: &'a str, file: &str) -> Result<Event<'a>, RecordError> {
    record::parse(json, false).map_err(|problem| RecordError { file: file.to_owned(), problem })
}

/// As [`event()`], of a record as a document was split into.
///
/// # Errors
/// As [`event()`].
pub fn event_of<'a>(record: &'a RecordText<'_>, file: &str) -> Result<Event<'a>, RecordError> {
    let event = match &record.members {
        Some(members) => record::read(&record.json, members, false),
        None => return event(&record.json, file),
    };
    event.map_err(|problem| RecordError { file: file.to_owned(), problem })
}

/// As [`event()`], of a record whose own id other events have too: its event gets an id that is made of its content, and
/// its own is in `extra`.
///
/// # Errors
/// As [`event()`].
pub fn event_apart<'a>(json: &'a str, file: &str) -> Result<Event<'a>, RecordError> {
    record::parse(json, true).map_err(|problem| RecordError { file: file.to_owned(), problem })
}
