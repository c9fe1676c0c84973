//! The DuckDB extension that `LOAD cartographer` adds to a host: functions that turn files, or rows from the host, into
//! the tables of a case, and the views and hunts over them as macros.
//!
//! This module only parses arguments, calls [`crate::trail`], and passes batches to the host. It is built by
//! `make extension`.

mod argument;
mod cache;
mod callback;
mod entry;
mod files;
mod function;
mod host;
mod input;
mod macros;
mod memory;
mod options;
mod output;
mod register;
mod scalars;
mod tables;
mod text;
mod types;

use arrow::error::ArrowError;
use rayon::ThreadPoolBuildError;
use thiserror::Error;

use crate::batch::BatchError;
use crate::trail::TrailError;

/// Why a function or `LOAD` failed. The host shows the message to the user.
#[derive(Debug, Clone, Error)]
enum ExtensionError {
    /// The host cannot load the extension.
    #[error("cannot load cartographer: {0}")]
    Host(String),
    /// An argument is invalid.
    #[error("{0}")]
    Argument(String),
    /// An internal error.
    #[error("this is a bug in cartographer; please report it: {0}")]
    Fault(String),
}

impl From<TrailError> for ExtensionError {
    fn from(error: TrailError) -> Self {
        match error {
            TrailError::Nothing(_) => Self::Argument(error.to_string()),
            TrailError::Batch(_) => Self::Fault(error.to_string()),
        }
    }
}

impl From<ThreadPoolBuildError> for ExtensionError {
    fn from(error: ThreadPoolBuildError) -> Self {
        Self::Argument(format!("cannot start threads: {error}"))
    }
}

impl From<BatchError> for ExtensionError {
    fn from(error: BatchError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<ArrowError> for ExtensionError {
    fn from(error: ArrowError) -> Self {
        Self::Fault(error.to_string())
    }
}
