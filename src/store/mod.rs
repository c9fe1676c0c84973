//! Room: store. A stand-in: opens a case and answers queries, no more.

use std::path::Path;

use arrow::record_batch::RecordBatch;
use duckdb::{AccessMode, Config, Connection, params_from_iter};
use thiserror::Error;

/// Why the case did not do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// DuckDB refused. Its own causes are codes that say nothing, so the chain ends here.
    #[error("{0}")]
    DuckDb(Box<duckdb::Error>),
}

impl From<duckdb::Error> for StoreError {
    fn from(error: duckdb::Error) -> Self {
        Self::DuckDb(Box::new(error))
    }
}

/// A DuckDB file that holds a case.
#[derive(Debug)]
pub struct Case {
    connection: Connection,
}

impl Case {
    /// Opens the case for writing; makes it if it is not there.
    ///
    /// # Errors
    /// Whatever DuckDB refuses.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: Connection::open(path)? })
    }

    /// Opens a case that is there, for reading.
    ///
    /// # Errors
    /// Whatever DuckDB refuses.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let config = Config::default().access_mode(AccessMode::ReadOnly)?;
        Ok(Self { connection: Connection::open_with_flags(path, config)? })
    }

    /// Runs every statement of `sql`; the last one's rows, at least one batch of them (so that the schema is known).
    ///
    /// # Errors
    /// Whatever DuckDB refuses.
    pub fn query(&self, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
        self.query_with(sql, &[])
    }

    /// As [`Case::query`], with a text for each `?` of the last statement (which casts it to what it needs).
    ///
    /// # Errors
    /// Whatever DuckDB refuses.
    pub fn query_with(&self, sql: &str, params: &[String]) -> Result<Vec<RecordBatch>, StoreError> {
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_arrow(params_from_iter(params))?;
        let schema = rows.get_schema();
        let mut batches: Vec<RecordBatch> = rows.collect();
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        Ok(batches)
    }
}
