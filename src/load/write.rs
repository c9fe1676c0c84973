//! Writes parsed files into the case, several portions a transaction, and keeps the ledger.

use super::admitted::Admitted;
use super::known::{Events as KnownEvents, Files};
use super::portion::Portion;
use super::{Ledger, LoadError, Problem, Progress};
use crate::batch::{Columns, Rows};
use crate::store::{Appending, Case};
use crate::table::{EVENTS, LOAD_FILES, REJECTS};
use crate::trail::{self, Admission, Bundle, Events, Outcome, Parsed, Reject};
use arrow::record_batch::RecordBatch;

/// A transaction that has taken so many events is ended. From 122,880 on, the rows that DuckDB keeps together, it
/// writes events into the file at once, instead of into its log first.
const MAX_EVENTS: u64 = 500_000;

/// Writes into one case.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    case: &'a Case,
    files: Files,
    events: KnownEvents,
    ledger: &'a mut Ledger,
}

/// Rows of one bundle that are still to be appended.
struct Pending<'p, 'a> {
    events: &'p mut Appending<'a>,
    admitted: Admitted,
    files: Rows,
    rejects: Rows,
}

impl<'a> Writer<'a> {
    /// A writer for that case, which has those files.
    pub(super) fn new(case: &'a Case, files: Files, ledger: &'a mut Ledger) -> Result<Self, LoadError> {
        Ok(Self { case, files, events: KnownEvents::of(case)?, ledger })
    }

    /// Writes as many portions as fit one transaction, at least one.
    ///
    /// # Errors
    /// If the case cannot be written; nothing of these portions is in it then.
    pub(super) fn write(
        &mut self,
        portions: &mut impl Iterator<Item = Portion>,
        progress: &dyn Progress,
    ) -> Result<(), LoadError> {
        let before = self.ledger.inserted;
        let case = self.case;
        case.transaction(|_| {
            let mut events = case.appending(&EVENTS)?;
            for portion in portions.by_ref() {
                self.write_portion(portion?, &mut events, progress)?;
                if self.ledger.inserted - before >= MAX_EVENTS {
                    break;
                }
            }
            Ok(events.flush()?)
        })
    }

    fn write_portion(
        &mut self,
        portion: Vec<Bundle>,
        events: &mut Appending<'a>,
        progress: &dyn Progress,
    ) -> Result<(), LoadError> {
        self.events.meet(self.case, portion.iter().flat_map(|bundle| &bundle.batches))?;
        let (mut files, mut rejects) = (Rows::new(&LOAD_FILES), Rows::new(&REJECTS));
        for bundle in portion {
            let mut pending = Pending { admitted: Admitted::new(bundle.batches), events, files, rejects };
            for (source, outcome) in bundle.files {
                let before = self.ledger.inserted;
                self.write_outcome(&source.name, outcome, &mut pending)?;
                progress.file(source.size(), self.ledger.inserted - before);
            }
            pending.events.append(&pending.admitted.take())?;
            (files, rejects) = (pending.files, pending.rejects);
        }
        self.case.append(&LOAD_FILES, [&files.finish()?])?;
        Ok(self.case.append(&REJECTS, [&rejects.finish()?])?)
    }

    fn write_outcome(&mut self, file: &str, outcome: Outcome, pending: &mut Pending<'_, '_>) -> Result<(), LoadError> {
        self.ledger.files_seen += 1;
        match outcome {
            Outcome::Skipped => self.ledger.files_skipped += 1,
            Outcome::Failed(cause) => self.fail(file, cause, pending)?,
            Outcome::Parsed(parsed) if self.files.have(&parsed.sha256, file) => self.ledger.files_skipped += 1,
            Outcome::Parsed(parsed) => self.write_file(file, parsed, pending)?,
        }
        Ok(())
    }

    /// Notes a file that could not be read. How it was loaded when it could be stays on record.
    fn fail(&mut self, file: &str, cause: String, pending: &mut Pending<'_, '_>) -> Result<(), LoadError> {
        self.ledger.files_failed += 1;
        if !self.files.named(file) {
            trail::push_file(&mut pending.files, file, &Parsed::failed(cause.clone()), 0)?;
        }
        self.ledger.problems.push(Problem { file: file.to_owned(), record: None, cause });
        Ok(())
    }

    fn write_file(&mut self, file: &str, parsed: Parsed, pending: &mut Pending<'_, '_>) -> Result<(), LoadError> {
        if self.files.named(file) {
            self.case.forget_file(file)?;
        }
        let mut inserted = 0;
        for events in &parsed.events {
            inserted += self.write_events(events, pending)?;
        }
        trail::push_file(&mut pending.files, file, &parsed, inserted)?;
        trail::push_rejects(&mut pending.rejects, file, &parsed)?;
        self.count(file, parsed, inserted);
        Ok(())
    }

    fn count(&mut self, file: &str, parsed: Parsed, inserted: u64) {
        self.ledger.read += parsed.read;
        self.ledger.inserted += inserted;
        self.ledger.duplicate += parsed.duplicate(inserted);
        self.ledger.rejected += parsed.rejected;
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
    fn write_events(&mut self, events: &Events, pending: &mut Pending<'_, '_>) -> Result<u64, LoadError> {
        let document = self.events.document(&events.document);
        let admissions: Vec<Admission> = events.keys.iter().map(|key| self.events.admit(*key, document)).collect();
        let instead = admissions.iter().enumerate().filter(|(_, admission)| **admission == Admission::Instead);
        let instead: Vec<usize> = instead.map(|(row, _)| events.first + row).collect();
        if !instead.is_empty() {
            // The record to be replaced may be one of those not yet appended.
            pending.events.append(&pending.admitted.take())?;
            pending.events.flush()?;
            self.case.remove_events(&ids(pending.admitted.batch(events.batch), &instead)?)?;
        }
        let rows = admissions.iter().enumerate().filter(|(_, admission)| **admission != Admission::Duplicate);
        rows.for_each(|(row, _)| pending.admitted.admit(events.batch, events.first + row));
        Ok(admissions.iter().filter(|admission| **admission == Admission::New).count() as u64)
    }
}

/// The ids of the events in those rows.
fn ids(batch: Option<&RecordBatch>, rows: &[usize]) -> Result<Vec<String>, LoadError> {
    let Some(batch) = batch else { return Ok(Vec::new()) };
    let ids = Columns(batch).text("event_id")?;
    Ok(rows.iter().map(|row| ids.value(*row).to_owned()).collect())
}
