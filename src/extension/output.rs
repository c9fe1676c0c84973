//! Batches as a host takes them: cut to its chunks, with ENUMs as the numbers that it stores.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray, UInt8Array, UInt32Array};
use arrow::compute::take;
use arrow::record_batch::RecordBatch;

use super::ExtensionError;
use crate::table::{ColumnKind, EnumType, Table};

/// The rows of a host's chunk.
const CHUNK: usize = 2048;

/// Rows that follow each other in one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    batch: usize,
    first: usize,
    /// How many; at least one, and no more than a chunk holds.
    pub(super) rows: usize,
}

/// The batches' rows, in order, cut to chunks.
pub(super) fn slices(batches: &[RecordBatch]) -> Vec<Slice> {
    let of = |(batch, rows): (usize, &RecordBatch)| {
        let rows = rows.num_rows();
        (0..rows).step_by(CHUNK).map(move |first| Slice { batch, first, rows: CHUNK.min(rows - first) })
    };
    batches.iter().enumerate().flat_map(of).collect()
}

/// A column's values in a slice.
pub(super) fn column(
    table: &Table,
    batches: &[RecordBatch],
    slice: Slice,
    at: usize,
) -> Result<ArrayRef, ExtensionError> {
    // A query that wants no column but only rows asks for one beyond the last.
    let Some(column) = table.columns.get(at) else { return Ok(Arc::new(UInt8Array::from(vec![0; slice.rows]))) };
    let batch = batches.get(slice.batch).filter(|batch| at < batch.num_columns());
    let whole = batch.ok_or_else(|| ExtensionError::Fault(format!("{} has no column {}", table.name, column.name)))?;
    stored(column.kind, &whole.column(at).slice(slice.first, slice.rows))
}

/// Values as the host stores them.
pub(super) fn stored(kind: ColumnKind, values: &ArrayRef) -> Result<ArrayRef, ExtensionError> {
    match kind {
        ColumnKind::Enum(values_of) => numbers(values_of, values),
        // A slice of lists has all values of its batch below it, and all of them would be copied.
        ColumnKind::TextList => {
            let rows = u32::try_from(values.len()).unwrap_or(u32::MAX);
            Ok(take(values, &UInt32Array::from_iter_values(0..rows), None)?)
        }
        _ => Ok(Arc::clone(values)),
    }
}

/// Texts as the places of an ENUM's values.
fn numbers(values_of: EnumType, texts: &ArrayRef) -> Result<ArrayRef, ExtensionError> {
    let names = values_of.values();
    let texts: &StringArray =
        texts.as_string_opt().ok_or_else(|| ExtensionError::Fault(format!("{} is no text", values_of.name())))?;
    let place = |text: &str| names.iter().position(|name| *name == text).and_then(|place| u8::try_from(place).ok());
    Ok(Arc::new(texts.iter().map(|text| text.and_then(place)).collect::<UInt8Array>()))
}
