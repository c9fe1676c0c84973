//! Appends Arrow batches to tables.

use arrow::record_batch::RecordBatch;

use super::{Case, StoreError};
use crate::table::Table;

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
        for batch in batches {
            appender.append_record_batch(batch.clone())?;
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
