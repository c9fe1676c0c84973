//! A complete trail in memory, with the same contents as a loaded case.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, StringArray};
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use foldhash::HashMap;
use rayon::ThreadPool;
use thiserror::Error;

use super::cells::Cells;
use super::kept::{self, Kept};
use super::mapped::{self, Mapped};
use super::sessions::candidates;
use super::{Filter, SignIns};
use crate::batch::{BatchError, Columns};
use crate::event::Evidence;
use crate::read::Discovery;
use crate::rule::RuleSet;

/// A trail's events, and what happened to its files.
///
/// Needs approximately as much memory as the text of its records. Its sessions and signals, from [`Trail::map`], are
/// small in comparison.
#[derive(Debug)]
pub struct Trail {
    /// Batches of `events`, each event once, sign-ins in the sessions they opened.
    pub events: Vec<RecordBatch>,
    /// A batch of `aggregated_events`.
    pub aggregated: RecordBatch,
    /// A batch of `load_files`.
    pub files: RecordBatch,
    /// A batch of `rejects`. Unlike in a case, there is also a row for each file and input from which nothing was read.
    pub rejects: RecordBatch,
    nothing: Option<String>,
}

/// Why there is no trail.
#[derive(Debug, Clone, Error)]
pub enum TrailError {
    /// Nothing could be read.
    #[error("no CloudTrail records could be read: {0}")]
    Nothing(String),
    /// Rows could not be converted to batches.
    #[error(transparent)]
    Batch(Arc<BatchError>),
}

impl From<BatchError> for TrailError {
    fn from(error: BatchError) -> Self {
        Self::Batch(Arc::new(error))
    }
}

impl Trail {
    /// Reads the matching records from the sources that were found. A source is not read if its path shows that it
    /// contains no matching records. Problems with a file are in `rejects` and are not errors.
    ///
    /// # Errors
    /// Only if events do not fit their table.
    pub fn read(found: Discovery, filter: &Filter, threads: &ThreadPool) -> Result<Self, BatchError> {
        threads.install(|| Self::linked(kept::read(found, filter)?))
    }

    /// Reads the records in a table's rows, one text per row, in any wrapper that a file may use. `source_record` and
    /// `rejects.record` are row numbers, starting at 1.
    ///
    /// # Errors
    /// See [`Trail::read`].
    pub fn of_rows(rows: &[Option<&str>], threads: &ThreadPool) -> Result<Self, BatchError> {
        threads.install(|| Self::linked(kept::read_rows(rows)?))
    }

    fn linked(kept: Kept) -> Result<Self, BatchError> {
        let Kept { mut events, aggregated, files, rejects, nothing } = kept;
        link(&mut events)?;
        Ok(Self { events, aggregated, files, rejects, nothing })
    }

    /// Returns the trail if anything was read.
    ///
    /// # Errors
    /// [`TrailError::Nothing`]; a file without events counts as read.
    pub fn some(&self) -> Result<&Self, TrailError> {
        self.nothing.as_ref().map_or(Ok(self), |causes| Err(TrailError::Nothing(causes.clone())))
    }

    /// Its sessions and signals.
    ///
    /// # Errors
    /// See [`Trail::read`].
    pub fn map(&self, rules: &RuleSet, threads: &ThreadPool) -> Result<Mapped, BatchError> {
        threads.install(|| mapped::map(&self.events, rules))
    }
}

/// The sessions and signals of existing events, each once. Assigns sign-ins to the sessions they opened, and maps
/// everything in the caller's thread pool.
///
/// # Errors
/// If the batches are not batches of `events`.
pub fn map_events(mut events: Vec<RecordBatch>, rules: &RuleSet) -> Result<Mapped, BatchError> {
    link(&mut events)?;
    mapped::map(&events, rules)
}

/// Assigns sign-ins to the sessions that they opened.
fn link(events: &mut [RecordBatch]) -> Result<(), BatchError> {
    let cells = Cells::of_all(events)?;
    let waiting =
        events.iter().zip(&cells).map(|(batch, cells)| waiting(batch, cells)).collect::<Result<Vec<_>, _>>()?;
    let sign_ins = SignIns::read(&waiting)?;
    let mut moves: HashMap<String, String> = sign_ins.moves(&candidates(&cells)).into_iter().collect();
    let visits = super::visits(events)?;
    let has_visits = !visits.is_empty();
    moves.extend(visits);
    if moves.is_empty() {
        return Ok(());
    }
    let concerned = |waiting: &RecordBatch| has_visits || waiting.num_rows() > 0;
    events.iter_mut().zip(&waiting).filter(|(_, waiting)| concerned(waiting)).try_for_each(|(batch, _)| {
        *batch = moved(batch, &moves)?;
        Ok(())
    })
}

/// The sign-ins in a batch that do not state when their session was created.
fn waiting(batch: &RecordBatch, cells: &Cells<'_>) -> Result<RecordBatch, BatchError> {
    let waits = |row: usize| cells.created(row).is_none() && cells.evidence(row).contains(Evidence::SIGN_IN);
    let waits: BooleanArray = (0..batch.num_rows()).map(|row| Some(waits(row))).collect();
    Ok(filter_record_batch(batch, &waits)?)
}

/// The batch with the changed sessions of moved events.
fn moved(batch: &RecordBatch, moves: &HashMap<String, String>) -> Result<RecordBatch, BatchError> {
    let (ids, sessions) = (Columns(batch).text("event_id")?, Columns(batch).text("session_id")?);
    let to = |(id, session): (Option<&str>, Option<&'_ str>)| {
        id.and_then(|id| moves.get(id)).map(String::as_str).or(session).map(str::to_owned)
    };
    let sessions: StringArray = ids.iter().zip(sessions.iter()).map(to).collect();
    let at = batch.schema().index_of("session_id")?;
    let (schema, mut columns, _) = batch.clone().into_parts();
    columns[at] = Arc::new(sessions) as ArrayRef;
    Ok(RecordBatch::try_new(schema, columns)?)
}
