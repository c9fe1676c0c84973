//! Sessions' rows, in order and batch by batch, into signals.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use arrow::record_batch::RecordBatch;

use super::LakeError;
use super::columns::{column_of, events, not_null};
use crate::batch::{self, BatchError, Columns, SESSION_COLUMNS, SignalBatches};
use crate::matching;
use crate::rule::RuleSet;
use crate::signal::Signal;

/// The column that numbers a session's rows: 1, 2, 3 …
pub const SEQ: &str = "seq";

/// The columns that a [`Mapper`] asks for: those of a session's events, and [`SEQ`].
pub fn mapper_columns() -> impl Iterator<Item = &'static str> {
    SESSION_COLUMNS.into_iter().chain([SEQ])
}

/// Maps sessions whose rows come one after another, each session's numbered from 1 on. Holds one session's rows.
#[derive(Debug)]
pub struct Mapper {
    rules: Arc<RuleSet>,
    open: Option<Open>,
    spent: bool,
}

/// The session that may go on in the next batch.
#[derive(Debug)]
struct Open {
    session_id: String,
    rows: i64,
    batches: Vec<RecordBatch>,
}

impl Mapper {
    /// A mapper by these rules.
    #[must_use]
    pub const fn new(rules: Arc<RuleSet>) -> Self {
        Self { rules, open: None, spent: false }
    }

    /// Takes the next rows, and gives the signals of the sessions that are whole now.
    ///
    /// # Errors
    /// As [`events`]; [`LakeError::Order`] if rows of a session are missing or out of order. The mapper is spent then.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<SignalBatches, LakeError> {
        self.spend()?;
        let signals = self.take(batch)?;
        self.spent = false;
        Ok(batch::signals(&signals)?)
    }

    /// Ends the input, and gives the signals of the last session. The mapper is spent.
    ///
    /// # Errors
    /// [`LakeError::Spent`] if it was spent before.
    pub fn finish(&mut self) -> Result<SignalBatches, LakeError> {
        self.spend()?;
        let mut signals = Vec::new();
        self.close(&mut signals)?;
        Ok(batch::signals(&signals)?)
    }

    /// Counts as spent until the work is done: after an error there is a hole in what was taken.
    fn spend(&mut self) -> Result<(), LakeError> {
        if std::mem::replace(&mut self.spent, true) { Err(LakeError::Spent) } else { Ok(()) }
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<Vec<Signal>, LakeError> {
        let rows = events(batch, &SESSION_COLUMNS)?;
        let seqs = seqs(batch)?;
        let ids = Columns(&rows).text("session_id")?;
        let mut signals = Vec::new();
        let mut first = 0;
        while first < rows.num_rows() {
            let id = ids.value(first);
            let length = (first..rows.num_rows()).take_while(|row| ids.value(*row) == id).count();
            if self.open.as_ref().is_some_and(|open| open.session_id != id) {
                self.close(&mut signals)?;
            }
            let open = self.open.get_or_insert_with(|| Open::new(id));
            open.add(&rows, &seqs, first, length)?;
            first += length;
        }
        Ok(signals)
    }

    /// Maps the open session.
    fn close(&mut self, signals: &mut Vec<Signal>) -> Result<(), BatchError> {
        if let Some(open) = self.open.take() {
            for session in &batch::sessions(&open.batches)? {
                signals.extend(matching::map(&self.rules, session));
            }
        }
        Ok(())
    }
}

impl Open {
    fn new(session_id: &str) -> Self {
        Self { session_id: session_id.to_owned(), rows: 0, batches: Vec::new() }
    }

    /// Takes so many rows of the session, which are to be numbered on.
    fn add(&mut self, rows: &RecordBatch, seqs: &Int64Array, first: usize, length: usize) -> Result<(), LakeError> {
        for found in &seqs.values()[first..first + length] {
            self.rows += 1;
            if *found != self.rows {
                return Err(LakeError::Order { session: self.session_id.clone(), wanted: self.rows, found: *found });
            }
        }
        self.batches.push(rows.slice(first, length));
        Ok(())
    }
}

/// The numbers of the rows, in whatever type of whole numbers.
fn seqs(batch: &RecordBatch) -> Result<Int64Array, LakeError> {
    let array = column_of(batch, SEQ, "BIGINT")?;
    if !array.data_type().is_integer() {
        let (found, advice) = (array.data_type().to_string(), "row_number() gives it");
        return Err(LakeError::Type { name: SEQ.to_owned(), found, wanted: "BIGINT".to_owned(), advice });
    }
    not_null(array, SEQ)?;
    Ok(cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}
