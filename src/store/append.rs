//! Appends Arrow batches to tables.

use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;

use super::{Case, StoreError};
use crate::batch::BatchError;
use crate::table::Table;

/// The rows that DuckDB takes at once.
const CHUNK: usize = 2048;
/// The most memory of a joined batch, in bytes: a column of a batch holds 2 GiB of text at most.
const MAX_BYTES: usize = 256 << 20;

impl Case {
    /// Appends batches of the table's own schema ([`Table::schema`]), in their order.
    ///
    /// # Errors
    /// DuckDB's message. What was appended before stays, unless a transaction is rolled back.
    pub fn append<'a>(
        &self,
        table: &Table,
        batches: impl IntoIterator<Item = &'a RecordBatch>,
    ) -> Result<(), StoreError> {
        let mut appender = self.connection.appender(table.name)?;
        chunks(batches)?.into_iter().try_for_each(|chunk| appender.append_record_batch(chunk))?;
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

/// Cuts batches to chunks that DuckDB takes at once, and joins those that are small: a trail has many files of few
/// records, and every chunk is set up whole.
pub(super) fn chunks<'a>(batches: impl IntoIterator<Item = &'a RecordBatch>) -> Result<Vec<RecordBatch>, BatchError> {
    let mut groups: Vec<Vec<RecordBatch>> = Vec::new();
    let (mut rows, mut bytes) = (0, 0);
    for piece in batches.into_iter().flat_map(pieces) {
        let size = size(&piece);
        let fits = rows + piece.num_rows() <= CHUNK && bytes + size <= MAX_BYTES;
        if let Some(group) = groups.last_mut().filter(|_| fits) {
            (rows, bytes) = (rows + piece.num_rows(), bytes + size);
            group.push(piece);
        } else {
            (rows, bytes) = (piece.num_rows(), size);
            groups.push(vec![piece]);
        }
    }
    groups.iter().filter_map(|group| group.first().map(|first| join(first, group))).collect()
}

fn pieces(batch: &RecordBatch) -> impl Iterator<Item = RecordBatch> {
    let rows = batch.num_rows();
    (0..rows).step_by(CHUNK).map(move |first| batch.slice(first, CHUNK.min(rows - first)))
}

/// The memory of its own rows, in bytes.
fn size(piece: &RecordBatch) -> usize {
    let of_columns = piece.columns().iter().map(|column| column.to_data().get_slice_memory_size());
    of_columns.fold(0, |bytes, more| bytes.saturating_add(more.unwrap_or(MAX_BYTES)))
}

fn join(first: &RecordBatch, group: &[RecordBatch]) -> Result<RecordBatch, BatchError> {
    match group {
        [only] => Ok(only.clone()),
        several => Ok(concat_batches(first.schema_ref(), several)?),
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
    fn large_batches_are_cut_and_small_ones_joined_in_order() {
        let found = chunks(&[batch(0..2050), batch(2050..2060), batch(0..0), batch(2060..4108)]).unwrap();
        assert_eq!(found.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [2048, 12, 2048]);
        let values = found.iter().flat_map(|chunk| chunk.column(0).as_primitive::<Int64Type>().values());
        assert_eq!(values.copied().collect::<Vec<_>>(), (0..4108).collect::<Vec<_>>());
    }
}
