//! Appends Arrow batches to tables.

use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;

use super::{Case, StoreError};
use crate::batch::BatchError;
use crate::table::Table;

/// The rows that DuckDB appends at once.
const CHUNK: usize = 2048;
/// The most memory of a joined batch, in bytes: a column of a batch holds 2 GiB of text at most.
const MAX_BYTES: usize = 256 << 20;

impl Case {
    /// Appends batches of the table's own schema ([`Table::schema`]).
    ///
    /// # Errors
    /// DuckDB's message. What was appended before stays, unless a transaction is rolled back.
    pub fn append<'a>(
        &self,
        table: &Table,
        batches: impl IntoIterator<Item = &'a RecordBatch>,
    ) -> Result<(), StoreError> {
        let mut appender = self.connection.appender(table.name)?;
        for batch in joined(batches)? {
            appender.append_record_batch(batch)?;
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

/// Joins small batches: a trail has many files of few records, and every append sets up a whole chunk.
fn joined<'a>(batches: impl IntoIterator<Item = &'a RecordBatch>) -> Result<Vec<RecordBatch>, BatchError> {
    let mut groups: Vec<Vec<&RecordBatch>> = Vec::new();
    let (mut rows, mut bytes) = (CHUNK, 0);
    for batch in batches {
        if rows >= CHUNK || bytes >= MAX_BYTES {
            (rows, bytes) = (0, 0);
            groups.push(Vec::new());
        }
        rows += batch.num_rows();
        bytes += batch.get_array_memory_size();
        groups.last_mut().into_iter().for_each(|group| group.push(batch));
    }
    groups.into_iter().filter_map(|group| group.first().map(|first| join(first, &group))).collect()
}

fn join(first: &RecordBatch, group: &[&RecordBatch]) -> Result<RecordBatch, BatchError> {
    match group {
        [only] => Ok((*only).clone()),
        several => Ok(concat_batches(first.schema_ref(), several.iter().copied())?),
    }
}
