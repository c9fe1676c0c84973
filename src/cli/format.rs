//! The forms of an answer, as arguments name them, and how an answer is written.

use std::io::Write;

use anyhow::Result;
use arrow::record_batch::RecordBatch;
use cartographer::present::{self, Format};
use clap::ValueEnum;

use super::Streams;

/// The forms of any rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    /// Aligned columns, cut to the terminal's width
    Table,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
    /// CSV with a header; what a spreadsheet would take for a formula gets a leading '
    Csv,
}

/// The forms of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimelineFormat {
    /// Sessions with a line a signal
    Text,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
    /// CSV with a header; what a spreadsheet would take for a formula gets a leading '
    Csv,
}

impl TimelineFormat {
    /// The form of rows it is, if it is one.
    pub(crate) const fn rows(self) -> Option<RowFormat> {
        match self {
            Self::Text => None,
            Self::Json => Some(RowFormat::Json),
            Self::Jsonl => Some(RowFormat::Jsonl),
            Self::Csv => Some(RowFormat::Csv),
        }
    }
}

/// The forms of a list of rules or hunts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Aligned columns, cut to the terminal's width
    Table,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
    /// CSV with a header
    Csv,
    /// A page of documentation
    Markdown,
}

impl ListFormat {
    /// The form of rows it is, if it is one.
    pub(crate) const fn rows(self) -> Option<RowFormat> {
        match self {
            Self::Markdown => None,
            Self::Table => Some(RowFormat::Table),
            Self::Json => Some(RowFormat::Json),
            Self::Jsonl => Some(RowFormat::Jsonl),
            Self::Csv => Some(RowFormat::Csv),
        }
    }
}

/// Writes an answer to standard output.
pub(crate) fn write(streams: Streams, format: RowFormat, batches: &[RecordBatch]) -> Result<()> {
    let format = match format {
        RowFormat::Table => Format::Table { width: streams.width() },
        RowFormat::Json => Format::Json,
        RowFormat::Jsonl => Format::Jsonl,
        RowFormat::Csv => Format::Csv,
    };
    let mut out = streams.data();
    present::batches(&mut out, format, batches)?;
    out.flush()?;
    streams.say_rows(batches.iter().map(RecordBatch::num_rows).sum());
    Ok(())
}
