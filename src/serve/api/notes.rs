//! The notes next to the case: read with their targets, written one at a time.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::event::Timestamp;
use crate::notes::{self, Note, NoteKind, Notes, NotesError, Resolved, Target};
use crate::present;
use crate::serve::ServeError;
use crate::serve::filter::Filter;
use crate::serve::params::Params;
use crate::serve::rows::Json;
use crate::serve::state::{AppState, Shared};
use crate::store::Case;

/// The body of a request: a new note, a note's new text, or a note to delete.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// The ID of the note to change or delete; `None` for a new note.
    id: Option<String>,
    /// The kind of a new note.
    kind: Option<NoteKind>,
    /// The target of a new note.
    target: Option<Target>,
    /// The text.
    #[serde(default)]
    text: String,
    /// The address of a view, or the SQL of a query.
    place: Option<String>,
    /// Whether it is deleted.
    #[serde(default)]
    delete: bool,
}

/// `GET /api/notes`
pub(super) async fn notes(State(state): State<Shared>) -> Result<Json, ServeError> {
    state.ask(all_notes).await
}

/// `POST /api/notes`
pub(super) async fn change(State(state): State<Shared>, body: Bytes) -> Result<Json, ServeError> {
    let change: Change = serde_json::from_slice(&body).map_err(|error| {
        ServeError::asked(format!("invalid note: {error}"), "docs/serve.md lists the fields of a note.")
    })?;
    state
        .ask(move |state, case| {
            apply(state, case, change)?;
            all_notes(state, case)
        })
        .await
}

/// `GET /api/notes/export`
pub(super) async fn export(State(state): State<Shared>) -> Result<Response, ServeError> {
    let text = state.ask(|state, _| Ok(state.notebook.read()?.text()?)).await?;
    let head = [
        (header::CONTENT_TYPE, "application/jsonl".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"notes.jsonl\"".to_owned()),
    ];
    Ok((head, text).into_response())
}

/// `POST /api/notes/import`: merges the lines of an export.
pub(super) async fn import(State(state): State<Shared>, body: Bytes) -> Result<Json, ServeError> {
    let theirs = Notes::parse(&String::from_utf8_lossy(&body));
    if theirs.notes.is_empty() {
        let advice = "Use a file exported with `cartographer notes export` or on the page.";
        return Err(ServeError::asked("the file contains no notes", advice));
    }
    state
        .ask(move |state, case| {
            state.notebook.update(|ours| Ok(ours.add(theirs.notes)))?;
            all_notes(state, case)
        })
        .await
}

fn apply(state: &AppState, case: &Case, change: Change) -> Result<(), ServeError> {
    let now = notes::now();
    let Some(id) = change.id.clone() else {
        let target = change.target.map(|target| notes::anchor(case, target)).transpose()?;
        let kind = change.kind.ok_or_else(|| NotesError::Invalid("a new note needs a kind".to_owned()))?;
        let note = Note {
            id: notes::new_id()?,
            kind,
            target,
            text: change.text,
            place: change.place,
            author: state.author.clone(),
            created: now.clone(),
            changed: now,
            deleted: false,
            other: Map::new(),
        };
        let note = note.checked()?;
        return Ok(state.notebook.update(|notes| {
            notes.add(vec![note]);
            Ok(())
        })?);
    };
    Ok(state.notebook.update(|notes| {
        let known = notes.notes.iter_mut().find(|note| note.id == id && !note.deleted);
        let known = known.ok_or_else(|| NotesError::Invalid(format!("there is no note {id:?}")))?;
        let mut next = known.clone();
        next.deleted = change.delete;
        if !change.delete {
            next.text.clone_from(&change.text);
            next.place = change.place.clone().or(next.place);
        }
        // If the clock was set back, a change must still be newer than the note it changes.
        next.changed = now.max(known.changed.clone());
        *known = next.checked()?;
        Ok(())
    })?)
}

/// The notes with their targets in the case.
fn all_notes(state: &AppState, case: &Case) -> Result<Json, ServeError> {
    let read = state.notebook.read()?;
    let unread = read.unread.len();
    let resolved = notes::resolve(case, read.shown().cloned().collect())?;
    let rows: Result<Vec<Value>, ServeError> = resolved.iter().map(row).collect();
    let file = state.notebook.path().display().to_string();
    Ok(Json::from(&json!({ "author": state.author, "file": file, "unread": unread, "notes": rows? })))
}

fn row(Resolved { note, location }: &Resolved) -> Result<Value, ServeError> {
    let mut row = serde_json::to_value(note)?;
    let more = json!({
        "row_id": location.row_id,
        "session_id": location.session_id,
        "principal": location.principal,
        "time": location.time.map(|us| present::rfc3339(Timestamp(us))),
        "what": location.what,
    });
    if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
        row.extend(more);
    }
    Ok(row)
}

/// The filter of a query string; with `noted`, only rows that have a note: a star (`star`), a comment (`comment`), any
/// (`any`), or a tag (`tag:NAME`).
pub(super) async fn noted(state: &Shared, params: &Params) -> Result<Filter, ServeError> {
    let filter = Filter::of(params)?;
    let Some(wanted) = params.one("noted").map(str::to_owned) else { return Ok(filter) };
    let ids = state.ask(move |state, case| {
        let read = state.notebook.read()?;
        let fits = |note: &&Note| match (wanted.as_str(), note.kind) {
            (_, NoteKind::View | NoteKind::Query) => false,
            ("any", _) | ("star", NoteKind::Star) | ("comment", NoteKind::Comment) => true,
            (tag, NoteKind::Tag) => tag.strip_prefix("tag:") == Some(note.text.as_str()),
            _ => false,
        };
        let resolved = notes::resolve(case, read.shown().filter(fits).cloned().collect())?;
        let ids: BTreeSet<String> = resolved.into_iter().filter_map(|resolved| resolved.location.row_id).collect();
        Ok(ids.into_iter().collect::<Vec<_>>())
    });
    let ids = ids.await?;
    // No row has this ID. Without any ID, the filter would match all rows.
    Ok(filter.only(if ids.is_empty() { vec![String::new()] } else { ids }))
}
