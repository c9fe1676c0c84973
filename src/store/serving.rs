//! Support for concurrent queries on one case: connections, interrupts, locked settings.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use duckdb::{InterruptHandle, params_from_iter};

use super::{Case, StoreError};

/// Stops what a connection is doing, from any thread.
#[derive(Clone)]
pub struct Interrupter(Arc<Mutex<Option<Arc<InterruptHandle>>>>);

impl Interrupter {
    /// Interrupts the running statement. Does nothing if none is running, or once it is retired.
    pub fn interrupt(&self) {
        if let Some(handle) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            handle.interrupt();
        }
    }

    /// Disables it. The crate closes a connection before it updates the connection's handle, so an interrupt in
    /// between would access freed memory: retire the handle before the connection is dropped.
    pub fn retire(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl fmt::Debug for Interrupter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Interrupter")
    }
}

/// The first rows of a result.
#[derive(Debug)]
pub struct FirstRows {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows, in the order of the result.
    pub batches: Vec<RecordBatch>,
    /// Whether the result has more rows.
    pub truncated: bool,
}

impl Case {
    /// One more connection to the same database: with its own variables and temporary tables, for another thread. Views
    /// that are not those of this program are shadowed here as well.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn another(&self) -> Result<Self, StoreError> {
        let connection = self.connection.try_clone()?;
        let another = Self {
            connection,
            path: self.path.clone(),
            is_another: true,
            has_foreign_views: self.has_foreign_views,
            is_read_only: self.is_read_only,
            damage: self.damage.another(),
            feeds: self.feeds.clone(),
        };
        // Temporary views belong to one connection.
        if self.has_foreign_views {
            another.create_temporary_views()?;
        }
        another.hide_known_damage()?;
        Ok(another)
    }

    /// The interrupter of this connection's statements.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(Arc::new(Mutex::new(Some(self.connection.interrupt_handle()))))
    }

    /// Locks the settings, on all connections.
    ///
    /// After that, even [`Drop`] cannot end the worker threads: leave such a case open until the program ends.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn lock_settings(&self) -> Result<(), StoreError> {
        self.execute("SET lock_configuration = true")
    }

    /// Like [`Case::query_with`], but returns at most `limit` rows, of at most about `bytes` bytes, and computes little
    /// more than these rows.
    ///
    /// # Errors
    /// See [`Case::query`].
    pub fn first_rows(
        &self,
        sql: &str,
        params: &[String],
        limit: usize,
        bytes: usize,
    ) -> Result<FirstRows, StoreError> {
        self.despite_damage(|case| case.streamed(sql, params, limit, bytes))
    }

    fn streamed(&self, sql: &str, params: &[String], limit: usize, bytes: usize) -> Result<FirstRows, StoreError> {
        let mut statement = self.prepare(sql)?;
        let schema = statement.stream_arrow(params_from_iter(params))?.get_schema();
        let (mut batches, mut room, mut bytes) = (Vec::new(), limit, bytes);
        // The stream's own iterator panics if a step reports an error.
        while let Some(columns) = statement.step()? {
            let batch = RecordBatch::from(&columns);
            let size = batch.get_array_memory_size();
            // This assumes that the rows of a batch have about the same size, which is accurate enough here.
            let fitting = if size > bytes { batch.num_rows().saturating_mul(bytes) / size } else { batch.num_rows() };
            let fitting = fitting.min(room);
            if fitting < batch.num_rows() {
                batches.push(batch.slice(0, fitting));
                return Ok(FirstRows { schema, batches, truncated: true });
            }
            room -= fitting;
            bytes -= size;
            batches.push(batch);
        }
        Ok(FirstRows { schema, batches, truncated: false })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn case(folder: &Path) -> Case {
        drop(Case::open(&folder.join("case.duckdb")).unwrap());
        Case::open_read_only(&folder.join("case.duckdb")).unwrap()
    }

    #[test]
    fn result_is_truncated_at_row_limit() {
        let folder = tempfile::tempdir().unwrap();
        let case = case(folder.path());
        let rows = |sql, limit| case.first_rows(sql, &[], limit, usize::MAX).unwrap();
        let count = |found: &FirstRows| found.batches.iter().map(RecordBatch::num_rows).sum::<usize>();
        let found = rows("FROM range(1_000_000_000_000)", 3000);
        assert_eq!((count(&found), found.truncated), (3000, true));
        let found = rows("FROM range(3000)", 3000);
        assert_eq!((count(&found), found.truncated), (3000, false));
        let found = rows("SELECT 1 AS one WHERE false", 10);
        assert_eq!((count(&found), found.truncated, found.schema.field(0).name().as_str()), (0, false, "one"));
        let error = case.first_rows("SELECT CAST(x AS INTEGER) FROM (VALUES ('1'), ('a')) AS t(x)", &[], 9, usize::MAX);
        assert!(error.unwrap_err().to_string().contains("Could not convert"));
    }

    #[test]
    fn result_is_truncated_at_size_limit() {
        let folder = tempfile::tempdir().unwrap();
        let case = case(folder.path());
        let found = case.first_rows("SELECT repeat('a', 1000) FROM range(100_000)", &[], 100_000, 1_000_000).unwrap();
        let rows: usize = found.batches.iter().map(RecordBatch::num_rows).sum();
        assert!(found.truncated && (100..1000).contains(&rows), "{rows}");
    }

    #[test]
    fn other_connections_read_the_shipped_views_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case.duckdb");
        Case::open(&path).unwrap().execute("CREATE OR REPLACE VIEW coverage AS SELECT 1 AS forged").unwrap();
        let case = Case::open_read_only(&path).unwrap();
        for case in [&case.another().unwrap(), &case] {
            let rows = case.query("FROM coverage").unwrap();
            assert!(rows[0].schema().column_with_name("forged").is_none(), "{:?}", rows[0].schema());
        }
    }

    #[test]
    fn connections_share_database_but_not_variables() {
        let folder = tempfile::tempdir().unwrap();
        let case = case(folder.path());
        let other = case.another().unwrap();
        other.query("SET VARIABLE a = 1").unwrap();
        drop(other);
        let found = case.first_rows("SELECT 1 WHERE getvariable('a') IS NULL", &[], 9, usize::MAX).unwrap();
        assert_eq!(found.batches.len(), 1);
    }
}
