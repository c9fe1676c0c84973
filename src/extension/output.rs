//! Converts batches for the host: splits them into chunks, and converts ENUMs to the numbers that the host stores.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray, UInt8Array, UInt32Array};
use arrow::compute::take;
use arrow::record_batch::RecordBatch;

use super::ExtensionError;
use crate::table::{ColumnKind, EnumType, Table};

/// The number of rows in a chunk of the host.
const CHUNK: usize = 2048;

/// Consecutive rows of one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    batch: usize,
    first: usize,
    /// The number of rows, from 1 to the size of a chunk.
    pub(super) rows: usize,
}

/// Splits the rows of the batches into chunks, in order.
pub(super) fn slices(batches: &[RecordBatch]) -> Vec<Slice> {
    let of = |(batch, rows): (usize, &RecordBatch)| {
        let rows = rows.num_rows();
        (0..rows).step_by(CHUNK).map(move |first| Slice { batch, first, rows: CHUNK.min(rows - first) })
    };
    batches.iter().enumerate().flat_map(of).collect()
}

/// The values of a column in a slice.
pub(super) fn column(
    table: &Table,
    batches: &[RecordBatch],
    slice: Slice,
    at: usize,
) -> Result<ArrayRef, ExtensionError> {
    // A query that only counts rows requests a column beyond the last one.
    let Some(column) = table.columns.get(at) else { return Ok(Arc::new(UInt8Array::from(vec![0; slice.rows]))) };
    let batch = batches.get(slice.batch).filter(|batch| at < batch.num_columns());
    let whole = batch.ok_or_else(|| ExtensionError::Fault(format!("{} has no column {}", table.name, column.name)))?;
    stored(column.kind, &whole.column(at).slice(slice.first, slice.rows))
}

/// The values as the host stores them.
pub(super) fn stored(kind: ColumnKind, values: &ArrayRef) -> Result<ArrayRef, ExtensionError> {
    match kind {
        ColumnKind::Enum(values_of) => numbers(values_of, values),
        // A slice of a list array references all values of its batch, which would all be copied.
        ColumnKind::TextList | ColumnKind::StructList(_) => {
            let rows = u32::try_from(values.len()).unwrap_or(u32::MAX);
            Ok(take(values, &UInt32Array::from_iter_values(0..rows), None)?)
        }
        _ => Ok(Arc::clone(values)),
    }
}

/// Converts texts to the indices of the ENUM's values.
fn numbers(values_of: EnumType, texts: &ArrayRef) -> Result<ArrayRef, ExtensionError> {
    let names = values_of.values();
    let texts: &StringArray =
        texts.as_string_opt().ok_or_else(|| ExtensionError::Fault(format!("{} is not text", values_of.name())))?;
    let place = |text: &str| names.iter().position(|name| *name == text).and_then(|place| u8::try_from(place).ok());
    Ok(Arc::new(texts.iter().map(|text| text.and_then(place)).collect::<UInt8Array>()))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, ListArray};
    use arrow::datatypes::Int32Type;

    use super::*;

    fn batch(rows: i64) -> RecordBatch {
        let column: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
        RecordBatch::try_from_iter([("a", column)]).unwrap()
    }

    #[test]
    fn batches_are_split_into_chunks() {
        let found = slices(&[batch(0), batch(2049), batch(1)]);
        let places: Vec<_> = found.iter().map(|slice| (slice.batch, slice.first, slice.rows)).collect();
        assert_eq!(places, [(1, 0, 2048), (1, 2048, 1), (2, 0, 1)]);
    }

    #[test]
    fn enum_values_are_stored_as_indices() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("secret"), None, Some("background"), Some("odd")]));
        let found = stored(ColumnKind::Enum(EnumType::Kind), &texts).unwrap();
        let wanted: UInt8Array = [Some(9), None, Some(0), None].into_iter().collect();
        assert_eq!(found.as_ref(), &wanted as &dyn Array);
    }

    #[test]
    fn list_slice_contains_only_its_own_values() {
        let lists =
            ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1)]), Some(vec![Some(2), Some(3)])]);
        let lists: ArrayRef = Arc::new(lists);
        let found = stored(ColumnKind::TextList, &lists.slice(1, 1)).unwrap();
        assert_eq!(found.as_list::<i32>().values().len(), 2);
    }
}
