//! A case in other forms: Parquet, CSV, JSON lines, Timesketch's timeline, OCSF. Everything else takes a writer, and
//! holds a batch of rows in memory at a time.

mod ocsf;
mod rows;
mod tables;

use arrow::error::ArrowError;
use parquet::errors::ParquetError;
use thiserror::Error;

use crate::batch::BatchError;
use crate::normalise::RebuildError;
use crate::present::PresentError;
use crate::store::StoreError;

pub use ocsf::{OcsfForm, VERSION as OCSF_VERSION, ocsf};
pub use rows::{named, rows, timesketch};
pub use tables::{PARQUET_TABLES, Partition, parquet};

/// Why an export stopped.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The case could not be read, or DuckDB could not write.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rows could not be written.
    #[error(transparent)]
    Present(#[from] PresentError),
    /// The rows are not of the shape that was asked for.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// An event's record could not be made again.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// Records do not fit the columns of the form.
    #[error("the records could not be written as columns")]
    Arrow(#[from] ArrowError),
    /// The Parquet file could not be written.
    #[error("the Parquet file could not be written")]
    Parquet(#[from] ParquetError),
}

impl From<std::io::Error> for ExportError {
    fn from(error: std::io::Error) -> Self {
        Self::Present(error.into())
    }
}
