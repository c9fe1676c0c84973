//! Reads a file, passed as bytes, into events and rejects.

use arrow::record_batch::RecordBatch;

use super::LakeError;
use super::wide::in_utc;
use crate::batch::Rows;
use crate::table::REJECTS;
use crate::trail::{Reject, parse_stored, push_rejects};

/// The contents of a file, with times in UTC.
#[derive(Debug)]
pub struct ParsedDocument {
    /// Rows of `events`. Sign-ins are in separate sessions, and an event may occur twice.
    pub events: Vec<RecordBatch>,
    /// Rows of `rejects`. If the file contains no CloudTrail records, there is one row for the whole file, without a
    /// record number.
    pub rejects: RecordBatch,
}

/// Reads the bytes of a file, which may be compressed, in any format that `load` supports.
///
/// # Errors
/// Returns an error if events do not fit their table, which a test excludes. Errors in the file are reported in
/// `rejects`.
pub fn parse(name: &str, bytes: Vec<u8>) -> Result<ParsedDocument, LakeError> {
    let (mut parsed, batches) = parse_stored(name, bytes)?;
    if let Some(cause) = parsed.refused.take() {
        parsed.rejects.push(Reject { document: name.to_owned(), record: None, cause, excerpt: None });
    }
    let mut rejects = Rows::new(&REJECTS);
    push_rejects(&mut rejects, name, &parsed)?;
    let events = batches.iter().map(in_utc).collect::<Result<_, _>>()?;
    Ok(ParsedDocument { events, rejects: in_utc(&rejects.finish()?)? })
}
