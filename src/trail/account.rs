//! What happened to each file: its row in `load_files`, and its rows in `rejects`.

use chrono::Utc;

use super::Parsed;
use crate::batch::{BatchError, Cell, Rows};
use crate::event::Timestamp;
use crate::read::Source;

/// What happened to a file's records. A record that is not counted here and was not rejected is a duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records that became events.
    pub inserted: u64,
    /// Records that were merged with other records of the same event.
    pub merged: u64,
}

/// Adds the file's row to `load_files`. `filter` is the load's filter, as text.
///
/// # Errors
/// If the cells do not match the columns of the table, which a test excludes.
pub fn push_file(
    rows: &mut Rows,
    file: &Source,
    parsed: &Parsed,
    counts: Counts,
    filter: Option<&str>,
) -> Result<(), BatchError> {
    rows.push(&[
        Cell::text(&file.name),
        Cell::Text((!parsed.sha256.is_empty()).then_some(parsed.sha256.as_str())),
        Cell::Integer(file.stamp()),
        Cell::count(parsed.bytes),
        Cell::count(parsed.documents),
        Cell::Text(parsed.container.as_deref()),
        Cell::count(parsed.read),
        Cell::count(counts.inserted),
        Cell::count(parsed.duplicate(counts)),
        Cell::count(counts.merged),
        Cell::count(parsed.rejected),
        Cell::count(parsed.left_out),
        Cell::Text(filter.filter(|_| parsed.left_out > 0)),
        Cell::Text(parsed.refused.as_deref()),
        Cell::Time(Some(Timestamp(Utc::now().timestamp_micros()))),
    ])
}

/// Adds a row to `load_files` for a file that was not read because its path shows that no event matches the filter.
///
/// # Errors
/// See [`push_file`].
pub fn push_left_out(rows: &mut Rows, file: &Source, filter: Option<&str>) -> Result<(), BatchError> {
    rows.push(&[
        Cell::text(&file.name),
        Cell::Text(None),
        Cell::Integer(None),
        Cell::count(file.size()),
        Cell::count(0),
        Cell::Text(None),
        Cell::count(0),
        Cell::count(0),
        Cell::count(0),
        Cell::count(0),
        Cell::count(0),
        Cell::count(0),
        Cell::Text(filter),
        Cell::Text(None),
        Cell::Time(Some(Timestamp(Utc::now().timestamp_micros()))),
    ])
}

/// Adds the file's rows to `rejects`.
///
/// # Errors
/// See [`push_file`].
pub fn push_rejects(rows: &mut Rows, file: &str, parsed: &Parsed) -> Result<(), BatchError> {
    parsed.rejects.iter().try_for_each(|reject| {
        rows.push(&[
            Cell::text(file),
            Cell::text(&reject.document),
            reject.record.map_or(Cell::Integer(None), Cell::count),
            Cell::text(&reject.cause),
            Cell::Text(reject.excerpt.as_deref()),
        ])
    })
}

/// Adds a row to `rejects` for a file from which nothing was read.
///
/// # Errors
/// See [`push_file`].
pub(super) fn push_refused(rows: &mut Rows, file: &str, cause: &str) -> Result<(), BatchError> {
    rows.push(&[Cell::text(file), Cell::text(file), Cell::Integer(None), Cell::text(cause), Cell::Text(None)])
}

impl Parsed {
    /// A file that could not be read, and the reason.
    #[must_use]
    pub fn failed(cause: String) -> Self {
        Self { refused: Some(cause), ..Self::default() }
    }

    /// Records of existing events that contain no additional information.
    #[must_use]
    pub const fn duplicate(&self, counts: Counts) -> u64 {
        self.read - self.rejected - self.left_out - counts.inserted - counts.merged
    }
}
