//! Finds the targets of notes in a case.

use arrow::json::ArrayWriter;
use serde::Deserialize;
use serde_json::json;

use super::note::{Note, NotesError, Target};
use crate::store::Case;

const RESOLVE: &str = include_str!("../../sql/notes/resolve.sql");
const ANCHOR: &str = include_str!("../../sql/notes/anchor.sql");

/// A note, and its target in the case.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The note.
    pub note: Note,
    /// The target; empty if it is not in the case, or if the note does not have one.
    pub location: Location,
}

/// A row of the timeline, a session, or nothing.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Location {
    /// The row of the timeline: a signal, or an event without a signal.
    pub row_id: Option<String>,
    /// The session.
    pub session_id: Option<String>,
    /// The principal.
    pub principal: Option<String>,
    /// The time, in microseconds since 1970.
    pub time: Option<i64>,
    /// The sentence.
    pub what: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    place: usize,
    #[serde(flatten)]
    location: Location,
}

/// Finds the targets of notes.
///
/// # Errors
/// DuckDB's message.
pub fn resolve(case: &Case, notes: Vec<Note>) -> Result<Vec<Resolved>, NotesError> {
    let query: Vec<_> =
        notes.iter().enumerate().filter_map(|(place, note)| query_of(place, note.target.as_ref()?)).collect();
    let mut resolved: Vec<Resolved> =
        notes.into_iter().map(|note| Resolved { note, location: Location::default() }).collect();
    if query.is_empty() {
        return Ok(resolved);
    }
    for row in rows(case, RESOLVE, &serde_json::to_string(&query)?)? {
        if let Some(resolved) = resolved.get_mut(row.place) {
            resolved.location = row.location;
        }
    }
    Ok(resolved)
}

fn query_of(place: usize, target: &Target) -> Option<serde_json::Value> {
    Some(json!({
        "place": place,
        "kind": serde_json::to_value(target.kind).ok()?,
        "id": target.id,
        "event_id": target.event_id,
    }))
}

/// The target, with an event by which it can be found again.
///
/// # Errors
/// DuckDB's message.
pub fn anchor(case: &Case, target: Target) -> Result<Target, NotesError> {
    #[derive(Deserialize)]
    struct Anchor {
        event_id: Option<String>,
    }
    let Some(query) = query_of(0, &target) else { return Ok(target) };
    let found: Vec<Anchor> = json_rows(case, ANCHOR, &serde_json::to_string(&[query])?)?;
    Ok(Target { event_id: found.into_iter().find_map(|row| row.event_id), ..target })
}

fn rows(case: &Case, sql: &str, query: &str) -> Result<Vec<Row>, NotesError> {
    json_rows(case, sql, query)
}

fn json_rows<T: serde::de::DeserializeOwned>(case: &Case, sql: &str, query: &str) -> Result<Vec<T>, NotesError> {
    let batches = case.query_with(sql, &[query.to_owned()])?;
    let mut json = ArrayWriter::new(Vec::new());
    json.write_batches(&batches.iter().collect::<Vec<_>>())?;
    json.finish()?;
    let bytes = json.into_inner();
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(serde_json::from_slice(&bytes)?)
}
