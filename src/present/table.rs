//! Aligned columns.

use std::fmt::Write as _;
use std::io::Write;

use arrow::record_batch::RecordBatch;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table};

use super::cells::{CellStyle, Cells, is_right_aligned};
use super::{DATE_TIME, PresentError, escape};

/// The minimum average width of a column; below that, rows are written as one name and value per line.
const NARROWEST: u16 = 9;

/// The maximum length of a cell if the output is not a terminal, in characters.
const LONGEST: usize = 200;
/// The maximum width to which cells are padded. A longer cell shifts the cells after it.
const WIDEST: usize = 60;

/// A header and one line per row; or, if the terminal is too narrow for the columns, one block per row.
/// If the output is not a terminal, long cells are shortened unless `full` is set.
pub(super) fn write(
    out: &mut impl Write,
    batches: &[RecordBatch],
    width: Option<u16>,
    full: bool,
) -> Result<(), PresentError> {
    let columns = batches.first().map_or(0, RecordBatch::num_columns);
    match width {
        Some(width) if columns > usize::from(width / NARROWEST) => blocks(out, batches, usize::from(width)),
        Some(width) => grid(out, batches, Some(width), usize::from(width)),
        None => grid(out, batches, None, if full { usize::MAX } else { LONGEST }),
    }
}

fn grid(out: &mut impl Write, batches: &[RecordBatch], width: Option<u16>, longest: usize) -> Result<(), PresentError> {
    let Some(first) = batches.first() else { return Ok(()) };
    let style = CellStyle::new(DATE_TIME);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for batch in batches {
        let mut columns = style.columns(batch)?;
        for row in 0..batch.num_rows() {
            let text = |cells: &mut Cells<'_>| Ok(shorten(&escape::terminal(&cells.text(row)?), longest));
            rows.push(columns.iter_mut().map(text).collect::<Result<_, PresentError>>()?);
        }
    }
    let is_wide = |text: &String| text.chars().nth(WIDEST).is_some();
    if width.is_none() && rows.iter().flatten().any(is_wide) {
        return lines(out, first, &rows);
    }
    let mut table = empty_grid(first, width);
    for row in rows {
        let mut line = Row::from(row);
        line.max_height(1);
        table.add_row(line);
    }
    Ok(writeln!(out, "{}", table.trim_fmt())?)
}

/// Lines with padded cells; a column with long cells is not padded to its longest cell.
fn lines(out: &mut impl Write, first: &RecordBatch, rows: &[Vec<String>]) -> Result<(), PresentError> {
    let schema = first.schema();
    let names: Vec<String> = schema.fields().iter().map(|field| escape::terminal(field.name()).into_owned()).collect();
    let mut widths = vec![0; names.len()];
    for row in rows.iter().chain([&names]) {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = text.chars().count().min(WIDEST).max(*width);
        }
    }
    let kinds: Vec<bool> = schema.fields().iter().map(|field| is_right_aligned(field.data_type())).collect();
    let line = |row: &[String]| {
        let mut line = String::new();
        for ((text, width), is_right) in row.iter().zip(&widths).zip(&kinds) {
            let _ = if *is_right { write!(line, "{text:>width$}  ") } else { write!(line, "{text:<width$}  ") };
        }
        line.truncate(line.trim_end().len());
        line
    };
    writeln!(out, "{}", line(&names))?;
    writeln!(out, "{}", "─".repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)))?;
    rows.iter().try_for_each(|row| Ok(writeln!(out, "{}", line(row))?))
}

fn empty_grid(first: &RecordBatch, width: Option<u16>) -> Table {
    let mut table = Table::new();
    // Only a line below the header, because tables are often copied into reports.
    table.load_preset("     ──            ").set_truncation_indicator("…");
    if let Some(width) = width {
        table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
    }
    let names = first.schema_ref().fields().iter().map(|field| Cell::new(escape::terminal(field.name())));
    let mut header = Row::from(names);
    header.max_height(1);
    table.set_header(header);
    for (column, field) in table.column_iter_mut().zip(first.schema_ref().fields()) {
        column.set_padding((0, 1));
        if is_right_aligned(field.data_type()) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        if field.data_type().is_temporal() {
            // A truncated time is useless, so text columns are truncated first.
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}

fn blocks(out: &mut impl Write, batches: &[RecordBatch], width: usize) -> Result<(), PresentError> {
    let style = CellStyle::new(DATE_TIME);
    let mut number = 0;
    for batch in batches {
        let names: Vec<_> = batch.schema_ref().fields().iter().map(|field| escape::terminal(field.name())).collect();
        let margin = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let mut columns = style.columns(batch)?;
        for row in 0..batch.num_rows() {
            number += 1;
            writeln!(out, "─── row {number}")?;
            for (name, cells) in names.iter().zip(&mut columns) {
                let text = cells.text(row)?;
                let room = width.saturating_sub(margin + 2).max(usize::from(NARROWEST));
                writeln!(out, "{name:<margin$}  {}", shorten(&escape::terminal(&text), room))?;
            }
        }
    }
    Ok(())
}

/// The first `longest` characters. If the text is longer, the last of them is replaced by `…`.
pub(super) fn shorten(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some(_) => text.chars().take(longest.saturating_sub(1)).chain(['…']).collect(),
    }
}
