//! Rows of a table, a view or a query as lines, and the timeline for Timesketch.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::ExportError;
use crate::notes::{NoteKind, Resolved};
use crate::present::{self, Lines};
use crate::store::Case;
use crate::table::identifier;
use crate::view;

/// One row per signal, with the columns that Timesketch requires and columns to search by.
const SIGNALS: &str = include_str!("../../sql/exports/timesketch.sql");
/// One row per event, with the same columns.
const EVENTS: &str = include_str!("../../sql/exports/timesketch_events.sql");

/// The query for all rows of a table or view, in its documented order if it is part of the case.
#[must_use]
pub fn named(name: &str) -> String {
    match view::order(name) {
        Some(columns) => format!("FROM {} ORDER BY {columns}", identifier(name)),
        None => format!("FROM {}", identifier(name)),
    }
}

/// Writes the rows of a query, in its order.
///
/// # Errors
/// DuckDB's message for the query, or the error of the writer.
pub fn rows(case: &Case, query: &str, form: Lines, out: &mut impl Write) -> Result<(), ExportError> {
    let mut first = true;
    case.each_batch(query, |batch| Ok(present::piece(out, form, batch, std::mem::take(&mut first))?))
}

/// Writes the signals, and with `events` also every event, in the format that Timesketch imports, ordered by time.
///
/// `tag`, by which Timesketch filters, contains the titles of the saved Sigma rules that match a row, and the tags and
/// stars from notes on the row. If there are notes, `comment` contains their comments. Notes on a signal's events appear on
/// the signal.
///
/// # Errors
/// See [`rows`].
pub fn timesketch(
    case: &Case,
    events: bool,
    notes: &[Resolved],
    form: Lines,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    let mut query = if events { format!("{SIGNALS} UNION ALL BY NAME {EVENTS}") } else { SIGNALS.to_owned() };
    let marked = noted(notes);
    case.query_with(NOTED, &[serde_json::to_string(&marked)?])?;
    let tags = "list_concat(q.sigma, n.tags)";
    // Commas separate the tags in a cell, so tags must not contain commas.
    let tags = match form {
        Lines::Jsonl => tags.to_owned(),
        Lines::Csv | Lines::Markdown => {
            format!("array_to_string(list_transform({tags}, lambda tag: replace(tag, ',', ';')), ',')")
        }
    };
    let comment = if marked.is_empty() { "" } else { ", n.comment" };
    query = format!(
        "SELECT q.* EXCLUDE (sigma), {tags} AS tag{comment} FROM ({query}) AS q LEFT JOIN noted AS n ON n.id = \
         COALESCE(q.signal_id, q.event_id)"
    );
    rows(case, &format!("FROM ({query}) ORDER BY datetime, signal_id, event_id, timestamp_desc"), form, out)
}

/// The rows with notes: the ID, tags and comments of each.
const NOTED: &str = "CREATE OR REPLACE TEMP TABLE noted AS SELECT unnest(from_json($1, \
    '[{\"id\": \"VARCHAR\", \"tags\": [\"VARCHAR\"], \"comment\": \"VARCHAR\"}]'), max_depth := 2)";

/// The notes on one row.
#[derive(Debug, Default, Serialize)]
struct Noted<'a> {
    id: &'a str,
    tags: Vec<&'a str>,
    comment: Option<String>,
}

fn noted(notes: &[Resolved]) -> Vec<Noted<'_>> {
    let mut rows: BTreeMap<&str, Noted<'_>> = BTreeMap::new();
    for Resolved { note, location } in notes {
        let Some(id) = location.row_id.as_deref() else { continue };
        let row = rows.entry(id).or_insert_with(|| Noted { id, ..Noted::default() });
        let tag = match note.kind {
            NoteKind::Star => "star",
            NoteKind::Tag => note.text.as_str(),
            NoteKind::Comment => {
                let said = format!("{}: {}", note.author, note.text);
                row.comment =
                    Some(row.comment.take().map_or_else(|| said.clone(), |before| format!("{before} | {said}")));
                continue;
            }
            NoteKind::View | NoteKind::Query => continue,
        };
        if !row.tags.contains(&tag) {
            row.tags.push(tag);
        }
    }
    rows.into_values().collect()
}
