//! Maps the rows of sessions to signals, batch by batch.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use arrow::record_batch::RecordBatch;

use super::LakeError;
use super::columns::{DamagedJson, column_of, events, not_null};
use crate::batch::{self, Columns, SESSION_COLUMNS, SignalBatches};
use crate::event::Timestamp;
use crate::matching::Limits;
use crate::rule::RuleSet;
use crate::trail::{Stretch, Stretches};

/// The column with the number of each row within its session: 1, 2, 3 …
pub const SEQ: &str = "seq";

/// The columns that a [`Mapper`] requires: those of a session's events, and [`SEQ`].
pub fn mapper_columns() -> impl Iterator<Item = &'static str> {
    SESSION_COLUMNS.into_iter().chain([SEQ])
}

/// Maps sessions whose rows are consecutive, with the rows of each session numbered from 1 in order of (time, ID).
/// Keeps only the last batch and the rows of one stretch in memory.
#[derive(Debug)]
pub struct Mapper {
    rules: Arc<RuleSet>,
    last: Option<LastRow>,
    stretches: Stretches,
    spent: bool,
    damaged: DamagedJson,
}

impl Mapper {
    /// A mapper with these rules.
    #[must_use]
    pub fn new(rules: Arc<RuleSet>) -> Self {
        Self::with_limits(rules, Limits::default())
    }

    /// Like [`Mapper::new`], with other limits for stretches.
    pub(super) fn with_limits(rules: Arc<RuleSet>, limits: Limits) -> Self {
        let (stretches, damaged) = (Stretches::new(limits), DamagedJson::default());
        Self { rules, last: None, stretches, spent: false, damaged }
    }

    /// The damaged JSON in the rows so far.
    #[must_use]
    pub const fn damaged(&self) -> &DamagedJson {
        &self.damaged
    }

    /// Takes the next rows, and returns the signals of the sessions and stretches that are complete.
    ///
    /// # Errors
    /// Like [`events`]; and [`LakeError::Order`] or [`LakeError::Backwards`] if rows of a session are missing or out of
    /// order. After an error, the mapper can no longer be used.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<SignalBatches, LakeError> {
        self.mark_spent()?;
        let rows = events(batch, &SESSION_COLUMNS, &mut self.damaged)?;
        self.check_order(&rows, &seqs(batch)?)?;
        let whole = self.stretches.push(&rows)?;
        let signals = self.map(whole)?;
        self.spent = false;
        Ok(signals)
    }

    /// Processes the remaining rows and returns the signals for the last stretch. The mapper cannot be used afterwards.
    ///
    /// # Errors
    /// [`LakeError::Spent`] if the mapper already finished or returned an error.
    pub fn finish(&mut self) -> Result<SignalBatches, LakeError> {
        self.mark_spent()?;
        let last = self.stretches.finish();
        self.map(last)
    }

    /// Marks the mapper as spent until the operation succeeds, because rows are missing after an error.
    fn mark_spent(&mut self) -> Result<(), LakeError> {
        if std::mem::replace(&mut self.spent, true) { Err(LakeError::Spent) } else { Ok(()) }
    }

    fn check_order(&mut self, rows: &RecordBatch, seqs: &Int64Array) -> Result<(), LakeError> {
        let columns = Columns(rows);
        let (sessions, ids) = (columns.text("session_id")?, columns.text("event_id")?);
        let times = columns.time("event_time")?;
        for row in 0..rows.num_rows() {
            let session = sessions.value(row);
            let last = self.last.take().filter(|last| last.session_id == session);
            let mut last = last.unwrap_or_else(|| LastRow::before(session));
            last.advance(seqs.value(row), Timestamp(times.value(row)), ids.value(row))?;
            self.last = Some(last);
        }
        Ok(())
    }

    /// The signals of stretches. Each stretch is dropped after it is mapped.
    fn map(&self, stretches: impl IntoIterator<Item = Stretch>) -> Result<SignalBatches, LakeError> {
        let mut signals = Vec::new();
        for stretch in stretches {
            signals.extend(stretch.map(&self.rules)?);
        }
        Ok(batch::signals(&signals)?)
    }
}

/// The last row that was received.
#[derive(Debug)]
struct LastRow {
    session_id: String,
    seq: i64,
    time: Timestamp,
    event_id: String,
}

impl LastRow {
    /// The state before a session's first row.
    fn before(session_id: &str) -> Self {
        Self { session_id: session_id.to_owned(), seq: 0, time: Timestamp(i64::MIN), event_id: String::new() }
    }

    /// Accepts the session's next row, which must have the next number and must not be earlier than this one.
    fn advance(&mut self, seq: i64, time: Timestamp, event_id: &str) -> Result<(), LakeError> {
        self.seq += 1;
        let session = || self.session_id.clone();
        if seq != self.seq {
            return Err(LakeError::Order { session: session(), wanted: self.seq, found: seq });
        }
        if (time, event_id) < (self.time, self.event_id.as_str()) {
            return Err(LakeError::Backwards { session: session(), event: event_id.to_owned(), seq });
        }
        self.time = time;
        event_id.clone_into(&mut self.event_id);
        Ok(())
    }
}

/// The numbers of the rows, from any integer type.
fn seqs(batch: &RecordBatch) -> Result<Int64Array, LakeError> {
    let array = column_of(batch, SEQ, "BIGINT")?;
    if !array.data_type().is_integer() {
        let (found, advice) = (array.data_type().to_string(), "use row_number()");
        return Err(LakeError::Type { name: SEQ.to_owned(), found, wanted: "BIGINT".to_owned(), advice });
    }
    not_null(array, SEQ)?;
    Ok(cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}
