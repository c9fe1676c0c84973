//! What can go wrong with a case.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::batch::BatchError;
use crate::table::SCHEMA_VERSION;

/// Why a case could not be opened, read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("the case {0} does not exist; create it with `cartographer load`")]
    Missing(PathBuf),
    /// The file is not a case.
    #[error("{0} is not a cartographer case and was not changed; use another file for the case")]
    NotACase(PathBuf),
    /// The program was stopped while it was creating the case, which is empty.
    #[error(
        "{0} is empty: the first load into it was interrupted; run `cartographer load \
         PATH --db FILE` again to continue, or remove the file"
    )]
    Unfinished(PathBuf),
    /// Another program has the file open.
    #[error("{path} is open in another program ({message})")]
    Locked {
        /// The case.
        path: PathBuf,
        /// DuckDB's message, with the process ID.
        message: String,
    },
    /// The case was created by a newer version.
    #[error("{path} has schema version {found}, newer than {SCHEMA_VERSION}; use a newer version of cartographer")]
    NewerSchema {
        /// The case.
        path: PathBuf,
        /// Its schema version.
        found: u32,
    },
    /// The case was created by an older version.
    #[error("{path} has schema version {found}, older than {SCHEMA_VERSION}; load its files into a new case")]
    OlderSchema {
        /// The case.
        path: PathBuf,
        /// Its schema version.
        found: u32,
    },
    /// The case has the schema version of this program, but not all its columns.
    #[error("{path} has no column {table}.{column}; load its files into a new case")]
    NoColumn {
        /// The case.
        path: PathBuf,
        /// The table that lacks the column.
        table: String,
        /// The column.
        column: String,
    },
    /// The case contains an object that takes the place of one of this program's tables or DuckDB's functions.
    #[error(
        "{path} contains the {name}, which cartographer did not create and which would change the results of its queries"
    )]
    Foreign {
        /// The case.
        path: PathBuf,
        /// What kind of object it is, and its name.
        name: String,
    },
    /// The name of a file for DuckDB is not valid UTF-8.
    #[error("{0:?} is not valid UTF-8, which DuckDB requires")]
    Path(PathBuf),
    /// The text has no statement.
    #[error("no SQL statement was given")]
    NoStatement,
    /// A batch did not fit.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// DuckDB's memory limit is too low. This is DuckDB's message without its advice, which refers to DuckDB's own
    /// settings.
    #[error("{0}")]
    Memory(String),
    /// Any other error, with DuckDB's message.
    #[error("{0}")]
    DuckDb(String),
}

impl From<duckdb::Error> for StoreError {
    fn from(error: duckdb::Error) -> Self {
        match error {
            duckdb::Error::DuckDBFailure(_, Some(message)) if message.contains("Out of Memory Error") => {
                Self::Memory(message.split("\n\n").next().unwrap_or_default().to_owned())
            }
            duckdb::Error::DuckDBFailure(_, Some(message)) => Self::DuckDb(message),
            other => Self::DuckDb(other.to_string()),
        }
    }
}

impl StoreError {
    /// The error for a failure to open that file.
    pub(super) fn opening(path: &Path, error: duckdb::Error) -> Self {
        match Self::from(error) {
            Self::DuckDb(message) if message.contains("Could not set lock") => {
                Self::Locked { path: path.to_owned(), message }
            }
            Self::DuckDb(message) if message.contains("not a valid DuckDB database file") => {
                Self::NotACase(path.to_owned())
            }
            other => other,
        }
    }
}
