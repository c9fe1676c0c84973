//! Appends Arrow batches to tables.

use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;
use duckdb::Appender;

use super::{Case, StoreError};
use crate::batch::BatchError;
use crate::table::Table;

/// The rows that DuckDB appends at once.
const CHUNK: usize = 2048;
/// The most memory of a joined batch, in bytes: a column of a batch holds 2 GiB of text at most.
const MAX_BYTES: usize = 256 << 20;

/// The rows that DuckDB keeps and compresses together. Fewer of them in one go are put together again later.
const ROW_GROUP: usize = 122_880;

/// Appends to one table, piece by piece.
pub struct Appending<'c> {
    appender: Appender<'c>,
    /// Rows that DuckDB has not been told to take yet.
    waiting: usize,
}

impl Appending<'_> {
    /// Appends batches of the table's own schema ([`Table::schema`]). They are in the table once there are many, or
    /// after [`Appending::flush`].
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn append<'a>(&mut self, batches: impl IntoIterator<Item = &'a RecordBatch>) -> Result<(), StoreError> {
        for batch in joined(batches)? {
            self.waiting += batch.num_rows();
            self.appender.append_record_batch(batch)?;
        }
        if self.waiting >= ROW_GROUP { self.flush() } else { Ok(()) }
    }

    /// Has everything that was appended in the table.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        self.waiting = 0;
        Ok(self.appender.flush()?)
    }
}

impl Case {
    /// Begins to append to a table, in the transaction that is open.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn appending(&self, table: &Table) -> Result<Appending<'_>, StoreError> {
        Ok(Appending { appender: self.connection.appender(table.name)?, waiting: 0 })
    }

    /// Appends batches of the table's own schema ([`Table::schema`]).
    ///
    /// # Errors
    /// DuckDB's message. What was appended before stays, unless a transaction is rolled back.
    pub fn append<'a>(
        &self,
        table: &Table,
        batches: impl IntoIterator<Item = &'a RecordBatch>,
    ) -> Result<(), StoreError> {
        let mut appending = self.appending(table)?;
        appending.append(batches)?;
        appending.flush()
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
