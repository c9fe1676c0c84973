//! Formats rows for people. Everything takes a writer; all escaping is in [`escape`].

mod calls;
mod cells;
mod connect;
mod csv;
pub mod escape;
mod explanation;
mod hunts;
mod integrity;
mod json;
mod learn;
mod ledger;
mod markdown;
mod notes;
mod quote;
pub mod report;
mod rows;
mod rules;
mod runs;
mod table;
mod timeline;
mod wrap;
mod zones;

use std::io::{self, Write};

use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use thiserror::Error;

pub use calls::{call_catalog, calls};
pub use connect::{Client, connect};
pub use explanation::explanation;
pub use hunts::{Hits, cookbook, hits, hunts};
pub use integrity::integrity;
pub use json::{grid, objects};
pub use learn::{changed_clicks, learned, packs, proposals};
pub use ledger::ledger;
pub use notes::{Marks, notes};
pub use rows::{Class, Entry, Head};
pub use rules::{catalog, rule, rules};
pub use timeline::{Show, rfc3339, timeline};

/// Why rows could not be shown.
#[derive(Debug, Error)]
pub enum PresentError {
    /// The writer failed.
    #[error("cannot write the output")]
    Io(#[from] io::Error),
    /// Arrow cannot format a type as text.
    #[error("cannot format the rows")]
    Arrow(#[from] ArrowError),
    /// The rows do not have the expected columns.
    #[error("the rows have no readable column {0:?}")]
    Column(&'static str),
}

/// The formats of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns. Cells are truncated to `width` columns of the terminal, if given.
    Table {
        /// The terminal's width.
        width: Option<u16>,
        /// Whether long cells are written in full.
        full: bool,
    },
    /// One JSON array of objects.
    Json,
    /// One JSON object per line.
    Jsonl,
    /// CSV with a header, safe to open in a spreadsheet.
    Csv,
}

/// Writes the rows of `batches`, which share one schema, in that format.
///
/// # Errors
/// If the writer fails, or a type cannot be formatted.
pub fn batches(out: &mut impl Write, format: Format, batches: &[RecordBatch]) -> Result<(), PresentError> {
    let batches = batches.iter().map(zones::in_utc).collect::<Result<Vec<_>, _>>()?;
    match format {
        Format::Table { width, full } => table::write(out, &batches, width, full),
        Format::Json => json::array(out, &batches),
        Format::Jsonl => json::lines(out, &batches),
        Format::Csv => csv::write(out, &batches),
    }
}

/// The formats that can be written batch by batch, so that the rows do not all have to be in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// See [`Format::Jsonl`].
    Jsonl,
    /// See [`Format::Csv`].
    Csv,
    /// A Markdown table.
    Markdown,
}

/// Writes one of several batches that share a schema, with the format's header before the first one.
///
/// # Errors
/// See [`batches`].
pub fn piece(out: &mut impl Write, form: Lines, batch: &RecordBatch, first: bool) -> Result<(), PresentError> {
    let batch = zones::in_utc(batch)?;
    match form {
        Lines::Jsonl => json::lines(out, &[batch]),
        Lines::Csv => {
            if first {
                csv::header(out, &batch)?;
            }
            csv::rows(out, &batch)
        }
        Lines::Markdown => {
            if first {
                markdown::header(out, &batch)?;
            }
            markdown::rows(out, &batch)
        }
    }
}

/// The date, time and fraction (if any) in all text formats other than JSON.
const DATE_TIME: &str = "%Y-%m-%d %H:%M:%S%.f";
/// The time format of machine-readable output: ISO 8601 in UTC.
const ISO_8601: &str = "%Y-%m-%dT%H:%M:%S%.fZ";
