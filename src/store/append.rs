//! Appends Arrow batches to tables.

use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::{Case, StoreError};
use crate::batch::BatchError;
use crate::table::Table;

/// The number of rows of a DuckDB vector.
pub const CHUNK: usize = 2048;
/// The maximum memory of a group of several batches, in bytes: a column of a batch can hold at most 2 GiB of text.
const MAX_BYTES: usize = 256 << 20;

impl Case {
    /// Appends batches with the table's schema ([`Table::schema`]), in order.
    ///
    /// # Errors
    /// DuckDB's message. Rows appended before the error stay, unless a transaction is rolled back.
    pub fn append<'a>(
        &self,
        table: &Table,
        batches: impl IntoIterator<Item = &'a RecordBatch>,
    ) -> Result<(), StoreError> {
        let mut appender = self.connection.appender(table.name)?;
        for group in groups(batches) {
            appender.append_record_batch(join(&table.schema(), group)?)?;
        }
        Ok(appender.flush()?)
    }

    /// Replaces all rows of the table.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn replace(&self, table: &Table, rows: &RecordBatch) -> Result<(), StoreError> {
        self.execute(&format!("DELETE FROM {}", table.name))?;
        self.append(table, [rows])
    }
}

/// Groups batches to the size of DuckDB's vectors: a trail has many files with few records, and every chunk has a fixed
/// cost.
pub(super) fn groups<'a>(batches: impl IntoIterator<Item = &'a RecordBatch>) -> Vec<Vec<RecordBatch>> {
    let mut groups: Vec<Vec<RecordBatch>> = Vec::new();
    let (mut rows, mut bytes) = (0, 0);
    for (piece, size) in batches.into_iter().flat_map(pieces) {
        let fits = rows + piece.num_rows() <= CHUNK && bytes + size <= MAX_BYTES;
        if let Some(group) = groups.last_mut().filter(|_| fits) {
            (rows, bytes) = (rows + piece.num_rows(), bytes + size);
            group.push(piece);
        } else {
            (rows, bytes) = (piece.num_rows(), size);
            groups.push(vec![piece]);
        }
    }
    groups
}

/// Each piece with the memory of its rows, in bytes, assuming that all rows of a batch have the same size.
fn pieces(batch: &RecordBatch) -> impl Iterator<Item = (RecordBatch, usize)> {
    let (rows, bytes) = (batch.num_rows(), batch.get_array_memory_size());
    (0..rows).step_by(CHUNK).map(move |first| {
        let count = CHUNK.min(rows - first);
        (batch.slice(first, count), bytes / rows * count)
    })
}

fn join(schema: &SchemaRef, mut group: Vec<RecordBatch>) -> Result<RecordBatch, BatchError> {
    match group.pop() {
        Some(only) if group.is_empty() => Ok(only),
        last => Ok(concat_batches(schema, group.iter().chain(&last))?),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, Int64Array};
    use arrow::datatypes::Int64Type;

    use super::*;

    fn batch(rows: std::ops::Range<i64>) -> RecordBatch {
        let column: ArrayRef = Arc::new(Int64Array::from_iter_values(rows));
        RecordBatch::try_from_iter([("a", column)]).unwrap()
    }

    #[test]
    fn large_batches_are_split_and_small_ones_merged_in_order() {
        let groups = groups(&[batch(0..2050), batch(2050..2060), batch(0..0), batch(2060..4108)]);
        let found: Vec<RecordBatch> =
            groups.into_iter().map(|group| join(&batch(0..0).schema(), group).unwrap()).collect();
        assert_eq!(found.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [2048, 12, 2048]);
        let values = found.iter().flat_map(|chunk| chunk.column(0).as_primitive::<Int64Type>().values());
        assert_eq!(values.copied().collect::<Vec<_>>(), (0..4108).collect::<Vec<_>>());
    }
}
