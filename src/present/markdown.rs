//! Rows as a table in Markdown, to paste into a report.

use std::io::Write;

use arrow::record_batch::RecordBatch;

use super::cells::CellStyle;
use super::escape::markdown_text;
use super::{DATE_TIME, PresentError};

/// The names of the columns, and the line under them.
pub(super) fn header(out: &mut impl Write, batch: &RecordBatch) -> Result<(), PresentError> {
    let schema = batch.schema();
    line(out, schema.fields().iter().map(|field| markdown_text(field.name())))?;
    line(out, schema.fields().iter().map(|_| "---".to_owned()))
}

/// One line per row.
pub(super) fn rows(out: &mut impl Write, batch: &RecordBatch) -> Result<(), PresentError> {
    let style = CellStyle::new(DATE_TIME);
    let mut columns = style.columns(batch)?;
    for row in 0..batch.num_rows() {
        let texts = columns.iter_mut().map(|cells| cells.text(row)).collect::<Result<Vec<_>, _>>()?;
        line(out, texts.iter().map(|text| markdown_text(text)))?;
    }
    Ok(())
}

fn line(out: &mut impl Write, cells: impl Iterator<Item = String>) -> Result<(), PresentError> {
    let cells: Vec<String> = cells.collect();
    Ok(writeln!(out, "| {} |", cells.join(" | "))?)
}
