//! Aligned columns for a person's eyes.

use std::io::Write;

use arrow::record_batch::RecordBatch;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table};

use super::cells::{CellStyle, is_right_aligned};
use super::{DATE_TIME, PresentError, escape};

/// The narrowest a column may get on average; below that, rows are written as a name and value a line.
const NARROWEST: u16 = 9;

/// A header and a line a row; or, if the terminal is too narrow for that many columns, a block a row.
pub(super) fn write(out: &mut impl Write, batches: &[RecordBatch], width: Option<u16>) -> Result<(), PresentError> {
    let columns = batches.first().map_or(0, RecordBatch::num_columns);
    match width {
        Some(width) if columns > usize::from(width / NARROWEST) => blocks(out, batches, usize::from(width)),
        _ => grid(out, batches, width),
    }
}

fn grid(out: &mut impl Write, batches: &[RecordBatch], width: Option<u16>) -> Result<(), PresentError> {
    let Some(first) = batches.first() else { return Ok(()) };
    let mut table = empty_grid(first, width);
    let style = CellStyle::new(DATE_TIME);
    let longest = width.map_or(usize::MAX, usize::from);
    for batch in batches {
        let mut columns = style.columns(batch)?;
        for row in 0..batch.num_rows() {
            let texts: Result<Vec<_>, _> = columns.iter_mut().map(|cells| cells.text(row)).collect();
            let mut line = Row::from(texts?.iter().map(|text| shorten(&escape::terminal(text), longest)));
            line.max_height(1);
            table.add_row(line);
        }
    }
    Ok(writeln!(out, "{}", table.trim_fmt())?)
}

fn empty_grid(first: &RecordBatch, width: Option<u16>) -> Table {
    let mut table = Table::new();
    // Nothing but a rule under the header: a table is often copied into a report.
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
            // A moment that is cut is no moment; texts give way first.
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

/// The first `longest` characters, the last of them a `…` if there were more.
pub(super) fn shorten(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some(_) => text.chars().take(longest.saturating_sub(1)).chain(['…']).collect(),
    }
}
