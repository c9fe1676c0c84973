//! Decides which records the case takes, and keeps the ledger. Asks the case nothing, so that it can be written meanwhile.

use arrow::array::UInt32Array;
use arrow::compute::take_record_batch;
use arrow::record_batch::RecordBatch;
use indexmap::IndexMap;

use super::admitted::Admitted;
use super::known::{Events as KnownEvents, Files};
use super::portion::Portion;
use super::{Ledger, LoadError, Problem, Progress};
use crate::batch::{BatchError, Columns, Rows};
use crate::read::Source;
use crate::store::{Case, Feeder};
use crate::table::{LOAD_FILES, REJECTS};
use crate::trail::{self, Admission, Bundle, Events, Outcome, Parsed, Reject};

/// A transaction that has taken so many events is ended. From 122,880 on, the rows that DuckDB keeps together, it
/// writes events into the file at once, instead of into its log first.
const MAX_EVENTS: u64 = 2_000_000;
/// A transaction that is to replace so many events is ended: until then they are in memory.
const MAX_INSTEAD: usize = 10_000;

/// Knows what the case has, and counts what it gets.
#[derive(Debug)]
pub(super) struct Admitting<'l> {
    files: Files,
    events: KnownEvents,
    /// The load's filter, as it is stated.
    filter: Option<String>,
    ledger: &'l mut Ledger,
}

/// What is left to write when the new events are in.
#[derive(Debug)]
pub(super) struct Rest {
    /// Events in the place of some that the case has.
    pub(super) instead: Instead,
    /// Files that were loaded before, when they were others.
    pub(super) forgotten: Vec<String>,
    /// Rows of `load_files`.
    pub(super) files: Rows,
    /// Rows of `rejects`.
    pub(super) rejects: Rows,
    /// No portion comes after these.
    pub(super) is_last: bool,
}

impl Default for Rest {
    fn default() -> Self {
        let (files, rejects) = (Rows::new(&LOAD_FILES), Rows::new(&REJECTS));
        Self { instead: Instead::default(), forgotten: Vec::new(), files, rejects, is_last: false }
    }
}

/// Events that take the place of others, a row each, by the keys of their ids: the last one that does so is kept.
#[derive(Debug, Default)]
pub(super) struct Instead(IndexMap<u128, RecordBatch>);

impl Instead {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &RecordBatch> {
        self.0.values()
    }

    /// The ids of the events.
    pub(super) fn ids(&self) -> Result<Vec<String>, BatchError> {
        self.rows().map(|row| Ok(Columns(row).text("event_id")?.value(0).to_owned())).collect()
    }

    /// Copies the row, so that its batch can go.
    fn add(&mut self, key: u128, batch: &RecordBatch, row: usize) -> Result<(), BatchError> {
        let row = UInt32Array::from_iter_values(u32::try_from(row));
        self.0.insert(key, take_record_batch(batch, &row)?);
        Ok(())
    }
}

impl<'l> Admitting<'l> {
    /// Knows those files, and the events of that case; `filter` is the load's, as it is stated.
    pub(super) fn new(
        case: &Case,
        files: Files,
        filter: Option<String>,
        ledger: &'l mut Ledger,
    ) -> Result<Self, LoadError> {
        Ok(Self { files, events: KnownEvents::of(case)?, filter, ledger })
    }

    /// Learns which events of a portion the case has.
    pub(super) fn meet(&mut self, case: &Case, portion: &[Bundle]) -> Result<(), LoadError> {
        self.events.meet(case, portion.iter().flat_map(|bundle| &bundle.batches))
    }

    /// Feeds the events that are new, of as many portions as fit one transaction: at least one, which was met, and
    /// further ones only if the case need not be asked for them. Gives what is left to do.
    ///
    /// Drops the feeder when it is done; an insertion that failed ends it early.
    pub(super) fn admit(
        &mut self,
        portions: impl Iterator<Item = Portion>,
        feeder: Feeder,
        progress: &dyn Progress,
    ) -> Result<Rest, BatchError> {
        let before = self.ledger.inserted;
        let mut rest = Rest::default();
        for portion in portions {
            for bundle in portion? {
                if !feeder.give(&self.bundle(bundle, &mut rest, progress)?)? {
                    return Ok(rest);
                }
            }
            let full = self.ledger.inserted - before >= MAX_EVENTS || rest.instead.0.len() >= MAX_INSTEAD;
            if full || self.events.has_to_ask() {
                return Ok(rest);
            }
        }
        drop(feeder);
        rest.is_last = true;
        Ok(rest)
    }

    /// The events of a bundle that are new.
    fn bundle(
        &mut self,
        bundle: Bundle,
        rest: &mut Rest,
        progress: &dyn Progress,
    ) -> Result<Vec<RecordBatch>, BatchError> {
        let mut admitted = Admitted::new(bundle.batches);
        for (source, outcome) in bundle.files {
            let before = self.ledger.inserted;
            self.outcome(&source, outcome, &mut admitted, rest)?;
            progress.file(source.size(), self.ledger.inserted - before);
        }
        Ok(admitted.finish())
    }

    fn outcome(
        &mut self,
        file: &Source,
        outcome: Outcome,
        admitted: &mut Admitted,
        rest: &mut Rest,
    ) -> Result<(), BatchError> {
        self.ledger.files_seen += 1;
        match outcome {
            Outcome::Skipped => self.ledger.files_skipped += 1,
            Outcome::Failed(cause) => self.fail(file, cause, rest)?,
            Outcome::Parsed(parsed) if self.files.have(&parsed.sha256, &file.name) => self.ledger.files_skipped += 1,
            Outcome::Parsed(parsed) => self.file(file, parsed, admitted, rest)?,
        }
        Ok(())
    }

    /// Notes a file that could not be read. How it was loaded when it could be stays on record.
    fn fail(&mut self, file: &Source, cause: String, rest: &mut Rest) -> Result<(), BatchError> {
        self.ledger.files_failed += 1;
        if !self.files.named(&file.name) {
            trail::push_file(&mut rest.files, file, &Parsed::failed(cause.clone()), 0, None)?;
        }
        self.ledger.problems.push(Problem { file: file.name.clone(), record: None, cause });
        Ok(())
    }

    fn file(
        &mut self,
        file: &Source,
        parsed: Parsed,
        admitted: &mut Admitted,
        rest: &mut Rest,
    ) -> Result<(), BatchError> {
        if self.files.named(&file.name) {
            rest.forgotten.push(file.name.clone());
        }
        let mut inserted = 0;
        for events in &parsed.events {
            inserted += self.events(events, admitted, rest)?;
        }
        trail::push_file(&mut rest.files, file, &parsed, inserted, self.filter.as_deref())?;
        trail::push_rejects(&mut rest.rejects, &file.name, &parsed)?;
        self.count(&file.name, parsed, inserted);
        Ok(())
    }

    fn count(&mut self, file: &str, parsed: Parsed, inserted: u64) {
        self.ledger.read += parsed.read;
        self.ledger.inserted += inserted;
        self.ledger.duplicate += parsed.duplicate(inserted);
        self.ledger.rejected += parsed.rejected;
        self.ledger.left_out += parsed.left_out;
        let problem = |reject: Reject| Problem { file: reject.document, record: reject.record, cause: reject.cause };
        self.ledger.problems.extend(parsed.rejects.into_iter().map(problem));
        if let Some(cause) = parsed.refused {
            self.ledger.files_refused += 1;
            self.ledger.problems.push(Problem { file: file.to_owned(), record: None, cause });
        } else {
            self.ledger.files_loaded += 1;
            self.files.add(parsed.sha256, file);
        }
    }

    /// Takes the events that the case is to have, and gives the number of new ones.
    fn events(&mut self, events: &Events, admitted: &mut Admitted, rest: &mut Rest) -> Result<u64, BatchError> {
        let document = self.events.document(&events.document);
        let mut new = 0;
        for (row, key) in (events.first..).zip(&events.keys) {
            match self.events.admit(*key, document) {
                Admission::New => {
                    new += 1;
                    admitted.admit(events.batch, row);
                }
                Admission::Instead => {
                    let batch = admitted.batch(events.batch);
                    batch.map_or(Ok(()), |batch| rest.instead.add(*key, batch, row))?;
                }
                Admission::Duplicate => {}
            }
        }
        Ok(new)
    }
}
