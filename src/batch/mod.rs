//! Converts events and signals to Arrow columns, and back. Pure.
//!
//! Every batch has the schema in [`crate::table`]. Rows are passed as arrays of [`Cell`]s in the order of the table's
//! columns. A cell that does not fit its column causes an error, so that a mismatch is detected.

mod columns;
mod event;
mod rows;
mod rule;
mod session;
mod signal;

use arrow::error::ArrowError;
use thiserror::Error;

pub use columns::Columns;
pub(crate) use columns::{boolean_at, text_at, time_at};
pub(crate) use event::evidence_at;
pub use event::{EventGroup, EventRows, read_events};
pub use rows::{Cell, Rows};
pub use rule::rules;
pub use session::{SESSION_COLUMNS, SessionColumns, session_columns, sessions};
pub use signal::{SignalBatches, signals};

/// Why rows could not be converted to a batch, or back.
#[derive(Debug, Error)]
pub enum BatchError {
    /// The cells of a row do not match the table.
    #[error("a row of {table} does not fit its column {column}")]
    Misfit {
        /// The table.
        table: &'static str,
        /// The first column that does not fit.
        column: String,
    },
    /// A batch has no such column, or the column has a different type.
    #[error("the batch has no column {0} of the expected type")]
    Column(String),
    /// An error from Arrow.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}
