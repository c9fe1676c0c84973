//! Splits ordered rows of sessions into stretches, batch by batch: at most one incomplete stretch is in memory.

use std::ops::Range;

use arrow::array::UInt32Array;
use arrow::compute::take_record_batch;
use arrow::record_batch::RecordBatch;

use crate::batch::{self, BatchError, Columns, SessionColumns};
use crate::matching::{
    self, ConsoleEvidence, ExplainSubject, Explanation, Limits, SessionRows, StretchRows, StretchSplitter,
};
use crate::rule::RuleSet;
use crate::signal::Signal;

/// Splits consecutive sessions, whose rows are in order of (time, ID), into stretches.
#[derive(Debug)]
pub struct Stretches {
    limits: Limits,
    open: Option<Open>,
}

/// A complete stretch of a session.
#[derive(Debug)]
pub struct Stretch {
    batches: Vec<RecordBatch>,
    evidence: ConsoleEvidence,
}

/// The session that may continue, with the rows of its last stretch.
#[derive(Debug)]
struct Open {
    session_id: String,
    splitter: StretchSplitter,
    batches: Vec<RecordBatch>,
}

impl Default for Stretches {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Stretches {
    /// Creates stretches within these limits.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self { limits, open: None }
    }

    /// Takes the next rows, with the columns in [`batch::SESSION_COLUMNS`], and returns the stretches that are now
    /// complete.
    ///
    /// # Errors
    /// If a column is missing or of another type.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<Vec<Stretch>, BatchError> {
        let ids = Columns(batch).text("session_id")?;
        let rows = SessionColumns::of(batch)?;
        let (mut whole, mut first) = (Vec::new(), 0);
        for at in 0..batch.num_rows() {
            if self.open.as_ref().is_some_and(|open| open.session_id != ids.value(at)) {
                whole.extend(self.close(batch, first..at));
                first = at;
            }
            let open = self.open.get_or_insert_with(|| Open::new(ids.value(at), self.limits));
            if let Some(evidence) = open.splitter.begins_new(&rows.row(at)) {
                whole.push(open.cut(batch, first..at, evidence));
                first = at;
            }
        }
        if let Some(open) = &mut self.open {
            open.hold(copied(batch, first..batch.num_rows())?);
        }
        Ok(whole)
    }

    /// Processes the remaining rows and returns the last stretch.
    pub fn finish(&mut self) -> Option<Stretch> {
        let open = self.open.take()?;
        Some(Stretch { evidence: open.splitter.evidence(), batches: open.batches })
    }

    /// Ends the open session with these rows.
    fn close(&mut self, batch: &RecordBatch, rows: Range<usize>) -> Option<Stretch> {
        if let Some(open) = &mut self.open {
            open.hold(slice(batch, rows));
        }
        self.finish()
    }
}

impl Open {
    fn new(session_id: &str, limits: Limits) -> Self {
        Self { session_id: session_id.to_owned(), splitter: StretchSplitter::new(limits), batches: Vec::new() }
    }

    fn hold(&mut self, rows: RecordBatch) {
        if rows.num_rows() > 0 {
            self.batches.push(rows);
        }
    }

    /// Ends a stretch with these rows.
    fn cut(&mut self, batch: &RecordBatch, rows: Range<usize>, evidence: ConsoleEvidence) -> Stretch {
        self.hold(slice(batch, rows));
        Stretch { batches: std::mem::take(&mut self.batches), evidence }
    }
}

fn slice(batch: &RecordBatch, rows: Range<usize>) -> RecordBatch {
    batch.slice(rows.start, rows.len())
}

/// Rows that wait for the next batch. A slice would keep its entire batch in memory; a small slice is copied instead.
fn copied(batch: &RecordBatch, rows: Range<usize>) -> Result<RecordBatch, BatchError> {
    if rows.len() * 2 > batch.num_rows() {
        return Ok(slice(batch, rows));
    }
    let places: UInt32Array = (0..).take(rows.end).skip(rows.start).collect();
    Ok(take_record_batch(batch, &places)?)
}

impl Stretch {
    /// The signals of its events, in their order.
    ///
    /// # Errors
    /// If a column is missing or of another type.
    pub fn map(&self, rules: &RuleSet) -> Result<Vec<Signal>, BatchError> {
        let rows = batch::sessions(&self.batches)?;
        Ok(self.parts(&rows).flat_map(|part| matching::map_stretch(rules, &part)).collect())
    }

    /// Explains a signal or an event, if the stretch contains it.
    ///
    /// # Errors
    /// See [`Stretch::map`].
    pub fn explain(&self, rules: &RuleSet, subject: ExplainSubject<'_>) -> Result<Option<Explanation>, BatchError> {
        let rows = batch::sessions(&self.batches)?;
        Ok(self.parts(&rows).find_map(|part| matching::explain_stretch(rules, &part, subject)))
    }

    /// Explains an event in a session that is not a console session, if the stretch contains it.
    ///
    /// # Errors
    /// See [`Stretch::map`].
    pub fn unmapped(&self, subject: ExplainSubject<'_>) -> Result<Option<Explanation>, BatchError> {
        let rows = batch::sessions(&self.batches)?;
        Ok(rows.iter().find_map(|part| matching::unmapped(&part.rows, subject)))
    }

    /// Its rows, which belong to one session.
    fn parts<'e>(&self, rows: &'e [SessionRows<'e>]) -> impl Iterator<Item = StretchRows<'e>> {
        let evidence = self.evidence;
        rows.iter().map(move |part| StretchRows::of(part, evidence))
    }
}
