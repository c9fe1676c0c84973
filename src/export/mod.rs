//! A case in other forms: Parquet, CSV, JSON lines, Timesketch's timeline, OCSF, a layer of ATT&CK Navigator, and a report's content. What
//! writes rows takes a writer, and holds a batch of them in memory at a time.

mod navigator;
mod ocsf;
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
pub use report::report;
pub use rows::{named, rows, timesketch};
pub use tables::{PARQUET_TABLES, Partition, parquet};

/// Events that an export left out because their text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// How many.
    pub events: u64,
    /// The ids of the first of them, each with what is wrong.
    pub first: Vec<(String, String)>,
}

impl LeftOut {
    /// The number that messages list.
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
    /// The rows are not of the shape that was asked for.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// An event's record could not be made again.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// Records do not fit the columns of the form.
    #[error("cannot write the records as columns")]
    Arrow(#[from] ArrowError),
    /// A report is about nobody.
    #[error("no session matches")]
    NoSession,
    /// A query of a report gives other columns than it must.
    #[error("the rows do not have the columns of a report")]
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
