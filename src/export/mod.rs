//! Exports a case in other formats: Parquet, CSV, JSON Lines, Timesketch, OCSF, a layer for the ATT&CK Navigator, and the
//! contents of a report. Functions that write rows take a writer, and keep one batch in memory at a time.

mod navigator;
mod ocsf;
mod redacted;
mod report;
mod rows;
mod tables;

use arrow::error::ArrowError;
use parquet::errors::ParquetError;
use thiserror::Error;

use crate::batch::BatchError;
use crate::normalize::RebuildError;
use crate::present::PresentError;
use crate::store::StoreError;

pub use navigator::navigator;
pub use ocsf::{OcsfForm, VERSION as OCSF_VERSION, ocsf};
pub use redacted::redacted;
pub use report::report;
pub use rows::{named, rows, timesketch};
pub use tables::{PARQUET_TABLES, Partition, parquet};

/// Events that an export skipped because their text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// The number of events.
    pub events: u64,
    /// The IDs of the first of these events, each with its problem.
    pub first: Vec<(String, String)>,
}

impl LeftOut {
    /// The number of events that messages list.
    const NAMED: usize = 5;

    fn add(&mut self, id: &str, cause: &RebuildError) {
        self.events += 1;
        if self.first.len() < Self::NAMED {
            self.first.push((id.to_owned(), cause.to_string()));
        }
    }

    fn extend(&mut self, other: Self) {
        self.events += other.events;
        self.first.extend(other.first);
        self.first.truncate(Self::NAMED);
    }
}

/// Why an export stopped.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The case could not be read, or DuckDB could not write.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rows could not be written.
    #[error(transparent)]
    Present(#[from] PresentError),
    /// The rows do not have the expected columns.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// An event's record could not be rebuilt.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// Records do not fit the columns of the format.
    #[error("cannot write the records as columns")]
    Arrow(#[from] ArrowError),
    /// No session matches the scope of a report.
    #[error("no session matches")]
    NoSession,
    /// A query of a report returns unexpected columns.
    #[error("the rows do not have the columns that a report requires")]
    Shape(#[from] serde_json::Error),
    /// The Parquet file could not be written.
    #[error("cannot write the Parquet file")]
    Parquet(#[from] ParquetError),
}

impl From<std::io::Error> for ExportError {
    fn from(error: std::io::Error) -> Self {
        Self::Present(error.into())
    }
}
