//! CSV as in RFC 4180, safe to open in a spreadsheet.

use std::io::{self, Write};

use arrow::record_batch::RecordBatch;

use super::cells::{CellStyle, Cells};
use super::{ISO_8601, PresentError, escape};

/// A header, then one line per row.
pub(super) fn write(out: &mut impl Write, batches: &[RecordBatch]) -> Result<(), PresentError> {
    if let Some(first) = batches.first() {
        header(out, first)?;
    }
    batches.iter().try_for_each(|batch| rows(out, batch))
}

/// The names of the columns.
pub(super) fn header(out: &mut impl Write, batch: &RecordBatch) -> Result<(), PresentError> {
    let mut csv = csv::Writer::from_writer(out);
    let names = batch.schema_ref().fields().iter();
    record(&mut csv, names.map(|field| escape::csv_cell(field.name()).into_owned()))?;
    Ok(csv.flush()?)
}

/// One line per row.
pub(super) fn rows(out: &mut impl Write, batch: &RecordBatch) -> Result<(), PresentError> {
    let mut csv = csv::Writer::from_writer(out);
    let style = CellStyle::new(ISO_8601);
    let mut columns = style.columns(batch)?;
    for row in 0..batch.num_rows() {
        let line: Result<Vec<_>, _> = columns.iter_mut().map(|cells| cell(cells, row)).collect();
        record(&mut csv, line?)?;
    }
    Ok(csv.flush()?)
}

fn record(csv: &mut csv::Writer<impl Write>, line: impl IntoIterator<Item = String>) -> io::Result<()> {
    // The csv crate's conversion replaces the writer's error; a broken pipe must be preserved.
    csv.write_record(line).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}

fn cell(cells: &mut Cells<'_>, row: usize) -> Result<String, PresentError> {
    let text = cells.text(row)?;
    Ok(if cells.is_bare() { text } else { escape::csv_cell(&text).into_owned() })
}
