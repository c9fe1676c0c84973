//! Decides which records the case takes, and keeps the ledger. Asks the case nothing, so that it can be written meanwhile.

use arrow::record_batch::RecordBatch;
use indexmap::IndexMap;

use super::admitted::Admitted;
use super::known::{Events as KnownEvents, Files};
use super::portion::Portion;
use super::{Ledger, LoadError, Problem, Progress};
use crate::batch::{BatchError, EventRows, Rows};
use crate::read::Source;
use crate::store::{Case, FeedSender};
use crate::table::{AGGREGATED_EVENTS, EVENTS, REJECTS};
use crate::trail::{
    self, Admission, Counted, Counts, Events, MergeOutcome, Outcome, Parsed, ParsedFiles, Reject, Version,
};

/// A transaction that has taken so many events is ended. From 122,880 on, the rows that DuckDB keeps together, it
/// writes events into the file at once, instead of into its log first.
const MAX_EVENTS: u64 = 2_000_000;
/// A transaction that is to join so many records with others is ended: until then they are in memory.
const MAX_JOINING: usize = 20_000;

/// The most characters of an id in a message.
const SHOWN: usize = 60;

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
pub(super) struct RemainingWrites {
    /// Records of events that the case has from others.
    pub(super) joining: Vec<RecordToMerge>,
    /// Aggregated events, each with its file's place in [`RemainingWrites::files`].
    pub(super) aggregated: Vec<(usize, Counted)>,
    /// Files that were loaded before, when they were others.
    pub(super) forgotten: Vec<String>,
    /// The files, and what became of their records so far.
    pub(super) files: Vec<Accounted>,
    /// Rows of `rejects`.
    pub(super) rejects: Rows,
    /// No portion comes after these.
    pub(super) is_last: bool,
}

impl Default for RemainingWrites {
    fn default() -> Self {
        let rejects = Rows::new(&REJECTS);
        Self {
            joining: Vec::new(),
            aggregated: Vec::new(),
            forgotten: Vec::new(),
            files: Vec::new(),
            rejects,
            is_last: false,
        }
    }
}

/// A record of an event that the case has from another record.
#[derive(Debug)]
pub(super) struct RecordToMerge {
    /// Its file's place in [`RemainingWrites::files`].
    pub(super) file: usize,
    /// The record.
    pub(super) version: Version,
}

/// A file that was read, without its events.
#[derive(Debug)]
pub(super) struct Accounted {
    pub(super) source: Source,
    pub(super) parsed: Parsed,
    pub(super) counts: Counts,
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

    /// The load's filter, as it is stated.
    pub(super) fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// Learns which events of a portion the case has.
    pub(super) fn meet(&mut self, case: &Case, portion: &[ParsedFiles]) -> Result<(), LoadError> {
        self.events.meet(case, portion.iter().flat_map(|bundle| &bundle.batches))
    }

    /// Feeds the events that are new, of as many portions as fit one transaction: at least one, which was met, and
    /// further ones only if the case need not be asked for them. Gives what is left to do.
    ///
    /// Drops the feeder when it is done; an insertion that failed ends it early.
    pub(super) fn admit(
        &mut self,
        portions: impl Iterator<Item = Portion>,
        feeder: FeedSender,
        progress: &dyn Progress,
    ) -> Result<RemainingWrites, BatchError> {
        let before = self.ledger.inserted;
        let mut rest = RemainingWrites::default();
        for portion in portions {
            for bundle in portion? {
                if !feeder.give(&self.bundle(bundle, &mut rest, progress)?) {
                    return Ok(rest);
                }
            }
            let full = self.ledger.inserted - before >= MAX_EVENTS || rest.joining.len() >= MAX_JOINING;
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
        bundle: ParsedFiles,
        rest: &mut RemainingWrites,
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
        rest: &mut RemainingWrites,
    ) -> Result<(), BatchError> {
        self.ledger.files_seen += 1;
        match outcome {
            Outcome::Skipped => self.ledger.files_skipped += 1,
            Outcome::Failed(cause) | Outcome::NoRoom(cause) => self.fail(file, cause, rest),
            Outcome::Parsed(parsed) if self.files.have(&parsed.sha256, &file.name) => self.ledger.files_skipped += 1,
            Outcome::Parsed(parsed) => self.file(file, parsed, admitted, rest)?,
        }
        Ok(())
    }

    /// Notes a file that could not be read. How it was loaded when it could be stays on record.
    fn fail(&mut self, file: &Source, cause: String, rest: &mut RemainingWrites) {
        self.ledger.files_failed += 1;
        if !self.files.named(&file.name) {
            let (source, parsed) = (file.clone(), Parsed::failed(cause.clone()));
            rest.files.push(Accounted { source, parsed, counts: Counts::default() });
        }
        self.ledger.problems.push(Problem { file: file.name.clone(), record: None, cause });
    }

    fn file(
        &mut self,
        file: &Source,
        mut parsed: Parsed,
        admitted: &mut Admitted,
        rest: &mut RemainingWrites,
    ) -> Result<(), BatchError> {
        if self.files.named(&file.name) {
            rest.forgotten.push(file.name.clone());
        }
        let mut counts = Counts::default();
        for events in std::mem::take(&mut parsed.events) {
            self.events(&events, admitted, rest, &mut counts);
        }
        let place = rest.files.len();
        rest.aggregated.extend(std::mem::take(&mut parsed.aggregated).into_iter().map(|counted| (place, counted)));
        trail::push_rejects(&mut rest.rejects, &file.name, &parsed)?;
        self.count(&file.name, &mut parsed, counts);
        rest.files.push(Accounted { source: file.clone(), parsed, counts });
        Ok(())
    }

    fn count(&mut self, file: &str, parsed: &mut Parsed, counts: Counts) {
        self.ledger.read += parsed.read;
        self.ledger.inserted += counts.inserted;
        self.ledger.duplicate += parsed.duplicate(counts);
        self.ledger.rejected += parsed.rejected;
        self.ledger.left_out += parsed.left_out;
        self.ledger.damaged += parsed.damaged;
        let problem = |reject: Reject| Problem { file: reject.document, record: reject.record, cause: reject.cause };
        self.ledger.problems.extend(std::mem::take(&mut parsed.rejects).into_iter().map(problem));
        if let Some(cause) = parsed.refused.clone() {
            self.ledger.files_refused += 1;
            self.ledger.problems.push(Problem { file: file.to_owned(), record: None, cause });
        } else {
            self.ledger.files_loaded += 1;
            self.files.add(parsed.sha256.clone(), file);
        }
    }

    /// Takes the events that the case is to have, and counts the new ones. What is to be joined is a duplicate until it
    /// is.
    fn events(&mut self, events: &Events, admitted: &mut Admitted, rest: &mut RemainingWrites, counts: &mut Counts) {
        let document = self.events.document(&events.document);
        for (row, key) in (events.first..).zip(&events.keys) {
            match self.events.admit(*key, document) {
                Admission::New => {
                    counts.inserted += 1;
                    admitted.admit(events.batch, row);
                }
                Admission::Joins => {
                    // A record that cannot be put together again says no more than the one that is there.
                    let version = admitted.batch(events.batch).map(|batch| Version::of(batch, row));
                    if let Some(Ok(version)) = version {
                        rest.joining.push(RecordToMerge { file: rest.files.len(), version });
                    }
                }
                Admission::Duplicate => {}
            }
        }
    }

    /// Joins records with those that the case has of their events, once these are in it.
    ///
    /// # Errors
    /// If the case cannot be read or written.
    pub(super) fn join(&mut self, case: &Case, rest: &mut RemainingWrites) -> Result<(), LoadError> {
        if rest.joining.is_empty() {
            return Ok(());
        }
        let mut groups: IndexMap<String, (Vec<Version>, Vec<RecordToMerge>)> = IndexMap::new();
        for joining in rest.joining.drain(..) {
            groups.entry(joining.version.own_id().to_owned()).or_default().1.push(joining);
        }
        for batch in case.events_of(groups.keys().map(String::as_str))? {
            for row in 0..batch.num_rows() {
                if let Ok(version) = Version::of(&batch, row)
                    && let Some((there, _)) = groups.get_mut(version.own_id())
                {
                    there.push(version);
                }
            }
        }
        let (mut removed, mut rows) = (Vec::new(), EventRows::default());
        // Events that the case has and that cannot be put together again stay as they are.
        for (id, (there, joining)) in groups.into_iter().filter(|(_, (there, _))| !there.is_empty()) {
            let versions: Vec<Version> = joining.iter().map(|joining| joining.version.clone()).collect();
            let resolved = trail::resolve(&there, &versions);
            if resolved.is_changed {
                resolved.push(&mut rows).map_err(LoadError::Merge)?;
                removed.extend(there.iter().map(|version| version.id().to_owned()));
            }
            if resolved.fates.contains(&MergeOutcome::New) {
                self.conflict(&id, resolved.events, &joining);
            }
            for (joining, fate) in joining.iter().zip(resolved.fates) {
                let Some(file) = rest.files.get_mut(joining.file) else { continue };
                let (of_file, of_all) = match fate {
                    MergeOutcome::Duplicate => continue,
                    MergeOutcome::Merged => (&mut file.counts.merged, &mut self.ledger.merged),
                    MergeOutcome::New => (&mut file.counts.inserted, &mut self.ledger.inserted),
                };
                *of_file += 1;
                *of_all += 1;
                self.ledger.duplicate -= 1;
            }
        }
        if !removed.is_empty() {
            case.remove_events(&removed)?;
            case.append(&EVENTS, [&rows.finish()?])?;
        }
        Ok(())
    }

    /// Adds the aggregated events that the case does not have. They are duplicates until they are in it.
    ///
    /// # Errors
    /// If the case cannot be read or written.
    pub(super) fn add_aggregated(&mut self, case: &Case, rest: &mut RemainingWrites) -> Result<(), LoadError> {
        if rest.aggregated.is_empty() {
            return Ok(());
        }
        let mut known = case.aggregated_ids()?;
        let mut rows = Rows::new(&AGGREGATED_EVENTS);
        for (file, counted) in rest.aggregated.drain(..) {
            if known.insert(counted.event.event_id.clone()) {
                counted.push(&mut rows)?;
                self.ledger.inserted += 1;
                self.ledger.duplicate -= 1;
                if let Some(file) = rest.files.get_mut(file) {
                    file.counts.inserted += 1;
                }
            }
        }
        Ok(case.append(&AGGREGATED_EVENTS, [&rows.finish()?])?)
    }

    /// Reports that several events have one id.
    fn conflict(&mut self, id: &str, events: usize, joining: &[RecordToMerge]) {
        self.ledger.conflicts += 1;
        self.ledger.contradictions += u64::from(trail::is_uuid(id));
        if let Some((file, record)) = joining.first().map(|joining| joining.version.place()) {
            let id: String = id.chars().take(SHOWN).collect();
            let cause = format!(
                "{events} different events have the ID {id:?}: each is kept with an ID derived from its content"
            );
            self.ledger.problems.push(Problem { file: file.to_owned(), record: Some(record), cause });
        }
    }
}
