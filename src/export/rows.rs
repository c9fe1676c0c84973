//! The rows of a table, a view or a query as lines, and the timeline as Timesketch takes it.

use std::io::Write;

use super::ExportError;
use crate::present::{self, Lines};
use crate::store::Case;
use crate::table::identifier;
use crate::view;

/// One row a signal, in the columns that Timesketch asks for and those to search by.
const SIGNALS: &str = include_str!("../../sql/exports/timesketch.sql");
/// One row an event, in the same columns.
const EVENTS: &str = include_str!("../../sql/exports/timesketch_events.sql");

/// The query for all rows of a table or view, in the order that it states if it is one of the case's.
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
/// DuckDB's message for the query, or what the writer says.
pub fn rows(case: &Case, query: &str, form: Lines, out: &mut impl Write) -> Result<(), ExportError> {
    let mut first = true;
    case.each_batch(query, |batch| Ok(present::piece(out, form, batch, std::mem::take(&mut first))?))
}

/// Writes the signals, and with `events` every event too, as Timesketch imports them, in order of time.
///
/// # Errors
/// As [`rows`].
pub fn timesketch(case: &Case, events: bool, form: Lines, out: &mut impl Write) -> Result<(), ExportError> {
    let query = if events { format!("{SIGNALS} UNION ALL BY NAME {EVENTS}") } else { SIGNALS.to_owned() };
    rows(case, &format!("FROM ({query}) ORDER BY datetime, signal_id, event_id, timestamp_desc"), form, out)
}
