//! One record's text in, one [`Event`] out, and back. Pure.
//!
//! [`event`] walks a record once, one level at a time: members with a field in [`Event`] are decoded, nested objects
//! stay text, and anything that no field represents exactly is added to `extra`. [`rebuild()`] reverses this, so
//! nothing in a log is lost or stored twice. [`caller`] and the evidence bits classify the result.

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

/// Normalizes one record. Fills every field except `session_id`, which [`crate::session`] sets.
///
/// `json` is one `CloudTrail` record, a JSON object that the reader has repaired ([`crate::json::repaired`]); `file` is used
/// only in the error.
///
/// # Errors
/// The text is not a JSON object, or the record has no time or call: no readable `eventTime` (nor Logstash's
/// `@timestamp`), no `eventSource` or no `eventName` (nor `insightDetails` with them).
pub fn event<'a>(json: &'a str, file: &str) -> Result<Event<'a>, RecordError> {
    record::parse(json, false).map_err(|problem| RecordError { file: file.to_owned(), problem })
}

/// Like [`event()`], for a record from a split document.
///
/// # Errors
/// See [`event()`].
pub fn event_of<'a>(record: &'a RecordText<'_>, file: &str) -> Result<Event<'a>, RecordError> {
    let event = match &record.members {
        Some(members) => record::read(&record.json, members, false),
        None => return event(&record.json, file),
    };
    event.map_err(|problem| RecordError { file: file.to_owned(), problem })
}

/// Like [`event()`], for a record whose ID is shared by other events. The event gets an ID derived from its contents,
/// and its own ID is kept in `extra`.
///
/// # Errors
/// See [`event()`].
pub fn event_apart<'a>(json: &'a str, file: &str) -> Result<Event<'a>, RecordError> {
    record::parse(json, true).map_err(|problem| RecordError { file: file.to_owned(), problem })
}
