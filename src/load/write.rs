//! Writes parsed files into the case, one transaction a portion, and keeps the ledger.

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use chrono::Utc;

use super::known::{Admission, Events as KnownEvents, Files};
use super::parse::{Events, Outcome, Parsed};
use super::portion::Done;
use super::{Ledger, LoadError, Problem, Progress};
use crate::batch::{BatchError, Cell, Columns, Rows};
use crate::event::Timestamp;
use crate::store::Case;
use crate::table::{EVENTS, LOAD_FILES, REJECTS};

/// Writes into one case.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    case: &'a Case,
    files: Files,
    events: KnownEvents,
    ledger: &'a mut Ledger,
}

/// Rows of one transaction that are still to be appended.
struct Pending {
    events: Vec<RecordBatch>,
    files: Rows,
    rejects: Rows,
}

impl<'a> Writer<'a> {
    /// A writer for that case, which has those files.
    pub(super) fn new(case: &'a Case, files: Files, ledger: &'a mut Ledger) -> Result<Self, LoadError> {
        Ok(Self { case, files, events: KnownEvents::of(case)?, ledger })
    }

    /// Writes a portion in one transaction.
    ///
    /// # Errors
    /// If the case cannot be written; nothing of the portion is in it then.
    pub(super) fn write(&mut self, portion: Vec<Done>, progress: &dyn Progress) -> Result<(), LoadError> {
        let case = self.case;
        let done = case.transaction(|_| self.write_files(portion))?;
        for (bytes, events) in done {
            progress.file(bytes, events);
        }
        Ok(())
    }

    fn write_files(&mut self, portion: Vec<Done>) -> Result<Vec<(u64, u64)>, LoadError> {
        let mut pending = Pending { events: Vec::new(), files: Rows::new(&LOAD_FILES), rejects: Rows::new(&REJECTS) };
        let mut done = Vec::new();
        for (source, outcome) in portion {
            self.ledger.files_seen += 1;
            let before = self.ledger.inserted;
            match outcome {
                Outcome::Skipped => self.ledger.files_skipped += 1,
                Outcome::Failed(cause) => self.fail(&source.name, cause, &mut pending)?,
                Outcome::Parsed(parsed) if self.files.have(&parsed.sha256, &source.name) => {
                    self.ledger.files_skipped += 1;
                }
                Outcome::Parsed(parsed) => self.write_file(&source.name, parsed, &mut pending)?,
            }
            done.push((source.size(), self.ledger.inserted - before));
        }
        self.case.append(&EVENTS, &pending.events)?;
        self.case.append(&LOAD_FILES, [&pending.files.finish()?])?;
        self.case.append(&REJECTS, [&pending.rejects.finish()?])?;
        Ok(done)
    }

    /// Notes a file that could not be read. How it was loaded when it could be stays on record.
    fn fail(&mut self, file: &str, cause: String, pending: &mut Pending) -> Result<(), LoadError> {
        self.ledger.files_failed += 1;
        if !self.files.named(file) {
            let counts = [0; 4];
            push_file(&mut pending.files, file, &Parsed { refused: Some(cause.clone()), ..Parsed::default() }, counts)?;
        }
        self.ledger.problems.push(Problem { file: file.to_owned(), record: None, cause });
        Ok(())
    }

    fn write_file(&mut self, file: &str, parsed: Parsed, pending: &mut Pending) -> Result<(), LoadError> {
        if self.files.named(file) {
            self.case.forget_file(file)?;
        }
        let mut inserted = 0;
        for events in &parsed.events {
            inserted += self.write_events(events, pending)?;
        }
        let duplicate = parsed.read - parsed.rejected - inserted;
        push_file(&mut pending.files, file, &parsed, [parsed.read, inserted, duplicate, parsed.rejected])?;
        push_rejects(&mut pending.rejects, file, &parsed)?;
        self.count(file, parsed, inserted, duplicate);
        Ok(())
    }

    fn count(&mut self, file: &str, parsed: Parsed, inserted: u64, duplicate: u64) {
        self.ledger.read += parsed.read;
        self.ledger.inserted += inserted;
        self.ledger.duplicate += duplicate;
        self.ledger.rejected += parsed.rejected;
        let problem = |reject: super::parse::Reject| Problem {
            file: reject.document,
            record: reject.record,
            cause: reject.cause,
        };
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
    fn write_events(&mut self, events: &Events, pending: &mut Pending) -> Result<u64, LoadError> {
        let document = self.events.document(&events.document);
        let admissions: Vec<Admission> = events.keys.iter().map(|key| self.events.admit(*key, document)).collect();
        if admissions.contains(&Admission::Instead) {
            // The record to be replaced may be one of those not yet appended.
            self.case.append(&EVENTS, &std::mem::take(&mut pending.events))?;
            self.case.remove_events(&replaced(&events.batch, &admissions)?)?;
        }
        let keep: BooleanArray = admissions.iter().map(|admission| Some(*admission != Admission::Duplicate)).collect();
        pending.events.push(filter_record_batch(&events.batch, &keep).map_err(BatchError::from)?);
        Ok(admissions.iter().filter(|admission| **admission == Admission::New).count() as u64)
    }
}

/// The ids of the events that are to make room.
fn replaced(batch: &RecordBatch, admissions: &[Admission]) -> Result<Vec<String>, LoadError> {
    let ids = Columns(batch).text("event_id")?;
    let instead = ids.iter().zip(admissions).filter(|(_, admission)| **admission == Admission::Instead);
    Ok(instead.filter_map(|(id, _)| id.map(str::to_owned)).collect())
}

/// Adds the file's row; `counts` are those of records read, inserted, duplicate and rejected.
fn push_file(rows: &mut Rows, file: &str, parsed: &Parsed, counts: [u64; 4]) -> Result<(), BatchError> {
    let [read, inserted, duplicate, rejected] = counts.map(Cell::count);
    rows.push([
        Cell::text(file),
        Cell::Text((!parsed.sha256.is_empty()).then_some(parsed.sha256.as_str())),
        Cell::count(parsed.bytes),
        Cell::count(parsed.documents),
        Cell::Text(parsed.container.as_deref()),
        read,
        inserted,
        duplicate,
        rejected,
        Cell::Text(parsed.refused.as_deref()),
        Cell::Time(Some(Timestamp(Utc::now().timestamp_micros()))),
    ])
}

fn push_rejects(rows: &mut Rows, file: &str, parsed: &Parsed) -> Result<(), BatchError> {
    parsed.rejects.iter().try_for_each(|reject| {
        rows.push([
            Cell::text(file),
            Cell::text(&reject.document),
            reject.record.map_or(Cell::Integer(None), Cell::count),
            Cell::text(&reject.cause),
            Cell::Text(reject.excerpt.as_deref()),
        ])
    })
}
