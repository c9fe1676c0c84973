//! The output formats of results.

use std::io::Write;

use anyhow::Result;
use arrow::record_batch::RecordBatch;
use cartographer::present::{self, Format};
use clap::ValueEnum;

use super::Streams;

/// The formats of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    /// Aligned columns; cells are shortened unless --full is given
    Table,
    /// One JSON array
    Json,
    /// One JSON object per line
    Jsonl,
    /// CSV with a header; values that a spreadsheet would treat as a formula are prefixed with a single quote
    Csv,
}

/// The formats of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimelineFormat {
    /// Sessions with one line per signal
    Text,
    /// One JSON array
    Json,
    /// One JSON object per line
    Jsonl,
    /// CSV with a header; values that a spreadsheet would treat as a formula are prefixed with a single quote
    Csv,
}

impl TimelineFormat {
    /// The row format; `None` for text.
    pub(crate) const fn rows(self) -> Option<RowFormat> {
        match self {
            Self::Text => None,
            Self::Json => Some(RowFormat::Json),
            Self::Jsonl => Some(RowFormat::Jsonl),
            Self::Csv => Some(RowFormat::Csv),
        }
    }
}

/// The formats of a list of rules or hunts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Aligned columns, truncated to the terminal width
    Table,
    /// One JSON array
    Json,
    /// One JSON object per line
    Jsonl,
    /// CSV with a header
    Csv,
    /// A Markdown page
    Markdown,
}

impl ListFormat {
    /// The row format; `None` for Markdown.
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

/// Writes a result to standard output.
pub(crate) fn write(streams: Streams, format: RowFormat, batches: &[RecordBatch]) -> Result<()> {
    let format = match format {
        RowFormat::Table => {
            let full = streams.is_full();
            Format::Table { width: streams.width().filter(|_| !full), full }
        }
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
