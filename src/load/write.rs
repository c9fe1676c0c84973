//! Writes parsed files into the case, several portions a transaction.
//!
//! Which records the case takes is decided on a thread of its own, while DuckDB's threads insert those before.

use std::iter;
use std::thread;

use super::admit::{Admitting, RemainingWrites};
use super::known::Files;
use super::memory::Memory;
use super::portion::Portion;
use super::{Ledger, LoadError, Progress};
use crate::batch::{BatchError, Rows};
use crate::store::{Case, feed};
use crate::table::{EVENTS, LOAD_FILES, REJECTS};
use crate::trail::{self, Filter};

/// Writes into one case.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    case: &'a Case,
    /// So many threads at most insert.
    threads: u64,
    admitting: Admitting<'a>,
    has_written: bool,
}

impl<'a> Writer<'a> {
    /// A writer for that case, which has those files, of what that filter wants.
    pub(super) fn new(
        case: &'a Case,
        files: Files,
        filter: &Filter,
        memory: Memory,
        ledger: &'a mut Ledger,
    ) -> Result<Self, LoadError> {
        let admitting = Admitting::new(case, files, filter.stated(), ledger)?;
        Ok(Self { case, threads: memory.inserting(), admitting, has_written: false })
    }

    /// Writes as many portions as fit one transaction; tells whether there was one.
    ///
    /// # Errors
    /// If the case cannot be written; nothing of these portions is in it then.
    pub(super) fn write(
        &mut self,
        portions: &mut (impl Iterator<Item = Portion> + Send),
        progress: &dyn Progress,
    ) -> Result<bool, LoadError> {
        let Some(first) = portions.next().transpose()? else { return Ok(false) };
        self.admitting.meet(self.case, &first)?;
        let portions = iter::once(Ok(first)).chain(portions);
        let case = self.case;
        case.transaction(|case| {
            let rest = self.insert(portions, progress)?;
            if rest.is_last && !self.has_written {
                case.checkpoint_at_commit()?;
            }
            finish(case, rest, &mut self.admitting)
        })?;
        self.has_written = true;
        Ok(true)
    }

    /// Inserts the events that are new, and gives what is left to do.
    fn insert(
        &mut self,
        portions: impl Iterator<Item = Portion> + Send,
        progress: &dyn Progress,
    ) -> Result<RemainingWrites, LoadError> {
        let (feeder, feed) = feed(self.threads);
        let mut rest: Option<Result<RemainingWrites, BatchError>> = None;
        let admitting = &mut self.admitting;
        let case = self.case;
        thread::scope(|scope| {
            scope.spawn(|| rest = Some(admitting.admit(portions, feeder, progress)));
            case.insert(&EVENTS, feed)
        })?;
        Ok(rest.transpose()?.unwrap_or_default())
    }
}

/// Does what has to wait until the new events are in.
fn finish(case: &Case, mut rest: RemainingWrites, admitting: &mut Admitting<'_>) -> Result<(), LoadError> {
    admitting.join(case, &mut rest)?;
    admitting.add_aggregated(case, &mut rest)?;
    case.forget_files(&rest.forgotten)?;
    let mut files = Rows::new(&LOAD_FILES);
    for file in &rest.files {
        trail::push_file(&mut files, &file.source, &file.parsed, file.counts, admitting.filter())?;
    }
    case.append(&LOAD_FILES, [&files.finish()?])?;
    Ok(case.append(&REJECTS, [&rest.rejects.finish()?])?)
}
