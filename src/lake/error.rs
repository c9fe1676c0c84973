//! Errors in foreign batches.

use arrow::error::ArrowError;
use thiserror::Error;

use crate::batch::BatchError;

/// Why a batch is rejected. Names and values are quoted, because they may come from a log.
#[derive(Debug, Error)]
pub enum LakeError {
    /// A column is missing.
    #[error("column {name:?} of type {wanted} is missing; the batch contains {found}")]
    Missing {
        /// The column.
        name: String,
        /// Its type.
        wanted: String,
        /// The columns of the batch.
        found: String,
    },
    /// Several columns have the same name.
    #[error("there are {count} columns named {name:?}; rename or drop all but one")]
    Twice {
        /// The name.
        name: String,
        /// How many there are.
        count: usize,
    },
    /// The type of a column cannot be converted to the required one.
    #[error("column {name:?} has type {found}, expected {wanted}: {advice}")]
    Type {
        /// The column.
        name: String,
        /// Its type.
        found: String,
        /// The required type.
        wanted: String,
        /// What to do.
        advice: &'static str,
    },
    /// A key is NULL.
    #[error("column {name:?} is NULL in row {row} of the batch; remove such rows, or fill in a value")]
    Null {
        /// The column.
        name: String,
        /// The row in the batch, starting at 1.
        row: usize,
    },
    /// A text is not a valid value of its column.
    #[error("column {name:?} has the value {value:?} in row {row} of the batch, expected one of {allowed}")]
    Value {
        /// The column.
        name: String,
        /// The value.
        value: String,
        /// The row in the batch, starting at 1.
        row: usize,
        /// The valid values.
        allowed: String,
    },
    /// Most texts of a column are not valid JSON. This is the first one.
    #[error("column {name:?} of event {event:?} is not JSON: {cause}")]
    Json {
        /// The column.
        name: String,
        /// `events.event_id`.
        event: String,
        /// The error and its position.
        cause: String,
    },
    /// Rows of a session are missing or out of order.
    #[error(
        "session {session:?}: a row has seq {found}, expected {wanted}. The rows of a session must be consecutive in one \
         partition, with seq = 1, 2, 3 … ordered by event_time and event_id"
    )]
    Order {
        /// The session.
        session: String,
        /// The expected number.
        wanted: i64,
        /// The actual number.
        found: i64,
    },
    /// The rows of a session are numbered, but not in order of time and ID.
    #[error(
        "session {session:?}: the row with seq {seq}, event {event:?}, sorts before the row with seq {} by \
         event_time and event_id, and the way a long session is split depends on that order. Number and sort the rows of a \
         session by event_time, then by event_id (as bytes, without a collation)", seq - 1
    )]
    Backwards {
        /// The session.
        session: String,
        /// `events.event_id`.
        event: String,
        /// The number of the row.
        seq: i64,
    },
    /// The mapper was used after it had finished or returned an error.
    #[error("the mapper has finished or has rejected a batch, so its results would be incomplete. Create a new mapper")]
    Spent,
    /// A row does not fit its batch.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// An error from Arrow.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}
