//! What can be wrong with batches from elsewhere.

use arrow::error::ArrowError;
use thiserror::Error;

use crate::batch::BatchError;

/// Why batches from elsewhere are refused. Names and values are shown quoted, for they may come from a log.
#[derive(Debug, Error)]
pub enum LakeError {
    /// A column is not there.
    #[error("column {name:?} of type {wanted} is missing; the batch has {found}")]
    Missing {
        /// The column.
        name: String,
        /// Its type.
        wanted: String,
        /// The columns that are there.
        found: String,
    },
    /// Two columns have one name.
    #[error("there are {count} columns {name:?}; rename or drop all but one")]
    Twice {
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// A column is of a type that cannot be taken for the one it should have.
    #[error("column {name:?} has type {found}, expected {wanted}: {advice}")]
    Type {
        /// The column.
        name: String,
        /// The type it has.
        found: String,
        /// The type it should have.
        wanted: String,
        /// What to do.
        advice: &'static str,
    },
    /// A key is NULL.
    #[error("column {name:?} is NULL in row {row} of the batch; remove such rows, or fill in a value")]
    Null {
        /// The column.
        name: String,
        /// The row in the batch, from 1.
        row: usize,
    },
    /// A text is none of those that the column may hold.
    #[error("column {name:?} has the value {value:?} in row {row} of the batch, expected one of {allowed}")]
    Value {
        /// The column.
        name: String,
        /// What stands there.
        value: String,
        /// The row in the batch, from 1.
        row: usize,
        /// What may stand there.
        allowed: String,
    },
    /// A text that should be JSON is none.
    #[error("column {name:?} of event {event:?} is not JSON: {cause}")]
    Json {
        /// The column.
        name: String,
        /// `events.event_id`
        event: String,
        /// What is wrong, and where.
        cause: String,
    },
    /// A session's rows are not all here, or not in order.
    #[error(
        "session {session:?}: a row has seq {found}, expected {wanted}. The rows of a session must be consecutive in one \
         partition, with seq = 1, 2, 3 … ordered by event_time and event_id"
    )]
    Order {
        /// The session.
        session: String,
        /// The number that was due.
        wanted: i64,
        /// The number that came.
        found: i64,
    },
    /// A session's rows are numbered, but not in order of time and id.
    #[error(
        "session {session:?}: the row with seq {seq}, event {event:?}, comes before the one with seq {} in order of \
         event_time and event_id, and the split of a long session depends on that order. Number and sort the rows of a \
         session by event_time, then by event_id (as bytes, without a collation)", seq - 1
    )]
    Backwards {
        /// The session.
        session: String,
        /// `events.event_id`
        event: String,
        /// The row's number.
        seq: i64,
    },
    /// It was pushed or finished after it had finished or refused something.
    #[error("the mapper has finished, or rejected a batch, and its results would be incomplete. Create a new one")]
    Spent,
    /// Rows do not fit their batch.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// Arrow would not have it.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}
