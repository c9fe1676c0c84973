//! A file that an engine read, into events and rejects.

use arrow::record_batch::RecordBatch;

use super::LakeError;
use super::wide::in_utc;
use crate::batch::Rows;
use crate::table::REJECTS;
use crate::trail::{Reject, parse_stored, push_rejects};

/// What was in a file, times in UTC.
#[derive(Debug)]
pub struct Document {
    /// Rows of `events`; sign-ins are in sessions of their own, and an event may be there twice.
    pub events: Vec<RecordBatch>,
    /// Rows of `rejects`; one for the whole file, without a number of a record, if nothing in it is CloudTrail's.
    pub rejects: RecordBatch,
}

/// Reads a file's bytes as they are stored: compressed or not, in any of the forms that a load knows.
///
/// # Errors
/// If events do not fit their table, which a test rules out; what is wrong with the file is in `rejects`.
pub fn parse(name: &str, bytes: Vec<u8>) -> Result<Document, LakeError> {
    let (mut parsed, batches) = parse_stored(name, bytes)?;
    if let Some(cause) = parsed.refused.take() {
        parsed.rejects.push(Reject { document: name.to_owned(), record: None, cause, excerpt: None });
    }
    let mut rejects = Rows::new(&REJECTS);
    push_rejects(&mut rejects, name, &parsed)?;
    let events = batches.iter().map(in_utc).collect::<Result<_, _>>()?;
    Ok(Document { events, rejects: in_utc(&rejects.finish()?)? })
}
