//! Inserts the events of files into a case.
//!
//! Three steps run at the same time: all threads parse a portion of files, one thread decides which records of the previous
//! portion are new, and DuckDB's threads insert the new records. Deciding does not query the case, because the case is
//! being written.

use std::iter;
use std::ops::Range;
use std::thread;

use arrow::array::UInt64Array;
use arrow::compute::take_record_batch;
use arrow::record_batch::RecordBatch;
use crossbeam_channel::{Sender, bounded};
use indexmap::IndexMap;
use rayon::ThreadPool;
use rayon::prelude::*;

use super::known::{KnownEvents, KnownFiles};
use super::memory::Memory;
use super::{Ledger, LoadError, Problem, Progress};
use crate::batch::{BatchError, EventGroup, EventRows, Rows};
use crate::read::{MemoryBudget, Source};
use crate::store::{CHUNK, Case, FeedSender, feed};
use crate::table::{AGGREGATED_EVENTS, EVENTS, LOAD_FILES, REJECTS};
use crate::trail::{
    self, Admission, Admissions, BUNDLE, Counted, Counts, Filter, MergeOutcome, Outcome, Parsed, ParsedFiles, Reading,
    Reject, Version, cut, parse,
};

/// A transaction ends once it has inserted this many events. With 122,880 or more, the size of a row group, DuckDB writes
/// events into the file directly instead of into its log first.
const MAX_EVENTS: u64 = 2_000_000;
/// A transaction ends once it has this many records to join with others, which are in memory until then.
const MAX_JOINING: usize = 20_000;

/// The maximum number of characters of an ID in a message.
const SHOWN: usize = 60;

/// The parsed files of a portion.
type Portion = Result<Vec<ParsedFiles>, BatchError>;

/// How files are parsed.
#[derive(Debug, Clone, Copy)]
pub(super) struct ParseOptions<'a> {
    pub(super) reading: Reading,
    pub(super) filter: &'a Filter,
    /// The memory for the text of a portion of several files, in bytes.
    pub(super) budget: u64,
}

/// Decides which events of a load are inserted into the case.
#[derive(Debug)]
pub(super) struct Inserter<'a> {
    /// The maximum number of threads that insert.
    threads: u64,
    files: KnownFiles,
    events: KnownEvents,
    /// The load's filter as the user wrote it.
    filter: Option<String>,
    ledger: &'a mut Ledger,
}

/// What a transaction writes after the new events.
#[derive(Debug)]
struct Pending {
    /// New events, or records of events that the case already has: only the case can tell.
    undecided: Vec<UndecidedRecord>,
    /// Records of events that the case already has from other records.
    joining: Vec<RecordToMerge>,
    /// Aggregated events, each with the index of its file in [`Pending::files`].
    aggregated: Vec<(usize, Counted)>,
    /// Files that were loaded before with different contents.
    forgotten: Vec<String>,
    /// The files, with the counts of their records so far.
    files: Vec<FileResult>,
    /// Rows of `rejects`.
    rejects: Rows,
    /// Whether this is the last portion.
    is_last: bool,
}

impl Default for Pending {
    fn default() -> Self {
        let rejects = Rows::new(&REJECTS);
        Self {
            undecided: Vec::new(),
            joining: Vec::new(),
            aggregated: Vec::new(),
            forgotten: Vec::new(),
            files: Vec::new(),
            rejects,
            is_last: false,
        }
    }
}

/// A record of an event that the case already has from another record.
#[derive(Debug)]
struct RecordToMerge {
    /// The index of its file in [`Pending::files`].
    file: usize,
    version: Version,
}

impl RecordToMerge {
    /// The record in a row of `events`. A record that cannot be rebuilt adds nothing to the existing one.
    fn of(file: usize, batch: &RecordBatch, row: usize) -> Option<Self> {
        Some(Self { file, version: Version::of(batch, row).ok()? })
    }
}

/// A record of an event that the case may already have.
#[derive(Debug)]
struct UndecidedRecord {
    /// The index of its file in [`Pending::files`].
    file: usize,
    /// The key of its event, and its fingerprint.
    key: (u128, u32),
    document: String,
    /// A batch of `events` with this record only.
    row: RecordBatch,
}

/// A file that was read, without its events.
#[derive(Debug)]
struct FileResult {
    source: Source,
    parsed: Parsed,
    counts: Counts,
}

impl<'a> Inserter<'a> {
    /// For a case that contains these files, and a load with this filter.
    pub(super) fn new(
        case: &Case,
        files: KnownFiles,
        filter: &Filter,
        memory: Memory,
        ledger: &'a mut Ledger,
    ) -> Result<Self, LoadError> {
        let events = KnownEvents::of(case, memory.known_events())?;
        Ok(Self { threads: memory.inserting(), files, events, filter: filter.stated(), ledger })
    }

    /// Parses portions of files, and inserts the events that are new, in order: as many portions in one transaction as fit.
    ///
    /// # Errors
    /// If the case cannot be written. Transactions before the error stay.
    pub(super) fn insert_all(
        mut self,
        case: &Case,
        portions: Vec<Vec<Source>>,
        options: ParseOptions<'_>,
        pool: &ThreadPool,
        progress: &dyn Progress,
    ) -> Result<(), LoadError> {
        let known = self.files.clone();
        let (sender, receiver) = bounded(1);
        thread::scope(|scope| {
            let known = &known;
            scope.spawn(move || pool.install(|| parse_all(portions, known, options, &sender)));
            // An error drops the receiver, which stops the thread that parses.
            let mut parsed = receiver.into_iter();
            let mut has_written = false;
            while let Some(first) = parsed.next().transpose()? {
                self.events.meet(case, first.iter().flat_map(|bundle| &bundle.batches))?;
                let portions = iter::once(Ok(first)).chain(&mut parsed);
                case.transaction(|case| {
                    let pending = self.insert_new(case, portions, progress)?;
                    if pending.is_last && !has_written {
                        case.checkpoint_at_commit()?;
                    }
                    self.write_pending(case, pending)
                })?;
                has_written = true;
            }
            Ok(())
        })
    }

    /// Inserts the new events of as many portions as fit into one transaction, and returns what is left to write. The first
    /// portion is already known; further portions are included only if the case need not be queried for them.
    fn insert_new(
        &mut self,
        case: &Case,
        portions: impl Iterator<Item = Portion> + Send,
        progress: &dyn Progress,
    ) -> Result<Pending, LoadError> {
        let (feeder, feed) = feed(self.threads);
        let mut pending = None;
        thread::scope(|scope| {
            scope.spawn(|| pending = Some(self.admit_all(portions, feeder, progress)));
            case.insert(&EVENTS, feed)
        })?;
        Ok(pending.transpose()?.unwrap_or_default())
    }

    /// Sends the new events to the insertion. Dropping the feeder ends the insertion. If the insertion fails, sending ends.
    fn admit_all(
        &mut self,
        portions: impl Iterator<Item = Portion>,
        feeder: FeedSender,
        progress: &dyn Progress,
    ) -> Result<Pending, BatchError> {
        let before = self.ledger.inserted;
        let mut pending = Pending::default();
        // The events of each group wait until they fill a chunk.
        let mut waiting = Grouped::<Vec<RecordBatch>>::default();
        for portion in portions {
            for ParsedFiles { files, batches } in portion? {
                let mut admitted = AdmittedRows::new(batches);
                for (source, outcome) in files {
                    let before = self.ledger.inserted;
                    self.admit(&source, outcome, &mut admitted, &mut pending)?;
                    progress.file(source.size(), self.ledger.inserted - before);
                }
                for (waiting, slices) in waiting.iter_mut().zip(admitted.finish()) {
                    waiting.extend(slices);
                    let is_full = waiting.iter().map(RecordBatch::num_rows).sum::<usize>() >= CHUNK;
                    if is_full && !feeder.give(&std::mem::take(waiting)) {
                        return Ok(pending);
                    }
                }
            }
            let is_full = self.ledger.inserted - before >= MAX_EVENTS
                || pending.joining.len() + pending.undecided.len() >= MAX_JOINING;
            if is_full || self.events.has_to_ask() {
                feeder.give(waiting.iter().flatten());
                return Ok(pending);
            }
        }
        feeder.give(waiting.iter().flatten());
        drop(feeder);
        pending.is_last = true;
        Ok(pending)
    }

    /// Decides for each record of a file whether it is new, and counts the records. A record to be joined with another
    /// counts as a duplicate until they are joined.
    fn admit(
        &mut self,
        file: &Source,
        outcome: Outcome,
        admitted: &mut AdmittedRows,
        pending: &mut Pending,
    ) -> Result<(), BatchError> {
        self.ledger.files_seen += 1;
        let mut parsed = match outcome {
            Outcome::Parsed(parsed) if !self.files.have(&parsed.sha256, &file.name) => parsed,
            Outcome::Parsed(_) | Outcome::Skipped => {
                self.ledger.files_skipped += 1;
                return Ok(());
            }
            Outcome::Failed(cause) | Outcome::NoRoom(cause) => {
                self.ledger.files_failed += 1;
                // If the file was loaded earlier, when it could be read, its row stays.
                if !self.files.named(&file.name) {
                    let (source, parsed) = (file.clone(), Parsed::failed(cause.clone()));
                    pending.files.push(FileResult { source, parsed, counts: Counts::default() });
                }
                self.ledger.problems.push(Problem { file: file.name.clone(), record: None, cause });
                return Ok(());
            }
        };
        if self.files.named(&file.name) {
            pending.forgotten.push(file.name.clone());
        }
        let (index, mut counts) = (pending.files.len(), Counts::default());
        for events in std::mem::take(&mut parsed.events) {
            let document = self.events.document(&events.document);
            for (row, key) in (events.first..).zip(&events.keys) {
                match self.events.admit(*key, document) {
                    Some(Admission::New) => {
                        counts.inserted += 1;
                        admitted.add(events.batch, row);
                    }
                    None => {
                        if let Some(batch) = admitted.batches.get(events.batch) {
                            // A copy of the row, because a slice would keep the batch in memory.
                            let row = take_record_batch(batch, &UInt64Array::from(vec![row as u64]))?;
                            let document = events.document.clone();
                            pending.undecided.push(UndecidedRecord { file: index, key: *key, document, row });
                        }
                    }
                    Some(Admission::Joins) => {
                        let batch = admitted.batches.get(events.batch);
                        pending.joining.extend(batch.and_then(|batch| RecordToMerge::of(index, batch, row)));
                    }
                    Some(Admission::Duplicate) => {}
                }
            }
        }
        pending.aggregated.extend(std::mem::take(&mut parsed.aggregated).into_iter().map(|counted| (index, counted)));
        trail::push_rejects(&mut pending.rejects, &file.name, &parsed)?;
        self.count(&file.name, &mut parsed, counts);
        pending.files.push(FileResult { source: file.clone(), parsed, counts });
        Ok(())
    }

    /// Adds a file to the ledger.
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

    /// Writes what has to wait until the new events are in the case.
    fn write_pending(&mut self, case: &Case, mut pending: Pending) -> Result<(), LoadError> {
        self.decide(case, &mut pending)?;
        self.join(case, &mut pending)?;
        self.add_aggregated(case, &mut pending)?;
        case.forget_files(&pending.forgotten)?;
        let mut files = Rows::new(&LOAD_FILES);
        for file in &pending.files {
            trail::push_file(&mut files, &file.source, &file.parsed, file.counts, self.filter.as_deref())?;
        }
        case.append(&LOAD_FILES, [&files.finish()?])?;
        Ok(case.append(&REJECTS, [&pending.rejects.finish()?])?)
    }

    /// Inserts the undecided records whose events are not in the case. They count as duplicates until they are inserted.
    fn decide(&mut self, case: &Case, pending: &mut Pending) -> Result<(), LoadError> {
        if pending.undecided.is_empty() {
            return Ok(());
        }
        let undecided = std::mem::take(&mut pending.undecided);
        let (mut there, mut new) = (Admissions::default(), Vec::new());
        let rows = undecided.iter().map(|record| &record.row);
        case.each_event_of(rows, |id, document, print| there.learn(id, print, document))?;
        for UndecidedRecord { file, key: (key, print), document, row } in undecided {
            let document = there.document(&document);
            match there.admit(key, print, document) {
                Admission::New => {
                    new.push(row);
                    self.ledger.inserted += 1;
                    self.ledger.duplicate -= 1;
                    if let Some(file) = pending.files.get_mut(file) {
                        file.counts.inserted += 1;
                    }
                }
                Admission::Joins => pending.joining.extend(RecordToMerge::of(file, &row, 0)),
                Admission::Duplicate => {}
            }
        }
        Ok(case.append(&EVENTS, &new)?)
    }

    /// Joins records with the records that the case has for the same events.
    fn join(&mut self, case: &Case, pending: &mut Pending) -> Result<(), LoadError> {
        if pending.joining.is_empty() {
            return Ok(());
        }
        let mut groups: IndexMap<String, (Vec<Version>, Vec<RecordToMerge>)> = IndexMap::new();
        for joining in pending.joining.drain(..) {
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
        // Events in the case that cannot be rebuilt stay as they are.
        for (id, (there, joining)) in groups.into_iter().filter(|(_, (there, _))| !there.is_empty()) {
            let versions: Vec<Version> = joining.iter().map(|joining| joining.version.clone()).collect();
            let resolved = trail::resolve(&there, &versions);
            if resolved.is_changed {
                resolved.push(&mut rows).map_err(LoadError::Merge)?;
                removed.extend(there.iter().map(|version| version.id().to_owned()));
            }
            if resolved.fates.contains(&MergeOutcome::New) {
                self.report_conflict(&id, resolved.events, &joining);
            }
            for (joining, fate) in joining.iter().zip(resolved.fates) {
                let Some(file) = pending.files.get_mut(joining.file) else { continue };
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

    /// Adds the aggregated events that the case does not have. They count as duplicates until they are added.
    fn add_aggregated(&mut self, case: &Case, pending: &mut Pending) -> Result<(), LoadError> {
        if pending.aggregated.is_empty() {
            return Ok(());
        }
        let mut known = case.aggregated_ids()?;
        let mut rows = Rows::new(&AGGREGATED_EVENTS);
        for (file, counted) in pending.aggregated.drain(..) {
            if known.insert(counted.event.event_id.clone()) {
                counted.push(&mut rows)?;
                self.ledger.inserted += 1;
                self.ledger.duplicate -= 1;
                if let Some(file) = pending.files.get_mut(file) {
                    file.counts.inserted += 1;
                }
            }
        }
        Ok(case.append(&AGGREGATED_EVENTS, [&rows.finish()?])?)
    }

    /// Reports that several events have the same ID.
    fn report_conflict(&mut self, id: &str, events: usize, joining: &[RecordToMerge]) {
        self.ledger.conflicts += 1;
        self.ledger.contradictions += u64::from(trail::is_uuid(id));
        if let Some((file, record)) = joining.first().map(|joining| joining.version.place()) {
            let id: String = id.chars().take(SHOWN).collect();
            let cause = format!(
                "{events} different events have the ID {id:?}: each is kept with an ID derived from its contents"
            );
            self.ledger.problems.push(Problem { file: file.to_owned(), record: Some(record), cause });
        }
    }
}

/// Parses portions one after another, each with all threads.
fn parse_all(portions: Vec<Vec<Source>>, known: &KnownFiles, options: ParseOptions<'_>, sender: &Sender<Portion>) {
    let ParseOptions { reading, filter, budget } = options;
    let is_known = |sha256: &str, name: &str| known.have(sha256, name);
    for portion in portions {
        // A file that is a portion by itself may use the memory that one file may use.
        let budget = MemoryBudget::new(if portion.len() > 1 { budget } else { reading.max_text });
        let bundles = cut(portion, BUNDLE).into_par_iter();
        let parsed = bundles.map(|bundle| parse(bundle, reading, &is_known, filter, &budget)).collect();
        let alone = |source| parse(vec![source], reading, &is_known, filter, &MemoryBudget::new(reading.max_text));
        if sender.send(parse_again(parsed, alone)).is_err() {
            return;
        }
    }
}

/// Parses again, one by one, the files that did not fit into memory together with others. A file that does not fit by
/// itself either has failed.
fn parse_again(portion: Portion, alone: impl Fn(Source) -> Result<ParsedFiles, BatchError>) -> Portion {
    let mut all = Vec::new();
    for mut bundle in portion? {
        let is_waiting = |(_, outcome): &mut (Source, Outcome)| matches!(outcome, Outcome::NoRoom(_));
        let waiting: Vec<_> = bundle.files.extract_if(.., is_waiting).collect();
        all.push(bundle);
        for (source, _) in waiting {
            let mut parsed = alone(source)?;
            for (_, outcome) in &mut parsed.files {
                if let Outcome::NoRoom(cause) = outcome {
                    *outcome = Outcome::Failed(std::mem::take(cause));
                }
            }
            all.push(parsed);
        }
    }
    Ok(all)
}

/// One value for each group of events.
type Grouped<T> = [T; EventGroup::COUNT];

/// The admitted rows of batches, in as few slices as possible.
#[derive(Debug)]
struct AdmittedRows {
    batches: Vec<RecordBatch>,
    slices: Grouped<Vec<RecordBatch>>,
    /// The batch and the rows of the current slice.
    open: Grouped<(usize, Range<usize>)>,
}

impl AdmittedRows {
    /// No rows of these batches yet.
    fn new(batches: Vec<RecordBatch>) -> Self {
        Self { batches, slices: Grouped::default(), open: Grouped::default() }
    }

    /// Adds one row of one of the batches.
    fn add(&mut self, batch: usize, row: usize) {
        let group = batch % EventGroup::COUNT;
        let (open, rows) = &mut self.open[group];
        if *open == batch && rows.end == row {
            rows.end += 1;
        } else {
            self.close(group);
            self.open[group] = (batch, row..row + 1);
        }
    }

    /// The slices.
    fn finish(mut self) -> Grouped<Vec<RecordBatch>> {
        (0..EventGroup::COUNT).for_each(|group| self.close(group));
        self.slices
    }

    fn close(&mut self, group: usize) {
        let (batch, rows) = std::mem::take(&mut self.open[group]);
        if let Some(batch) = self.batches.get(batch).filter(|_| !rows.is_empty()) {
            self.slices[group].push(batch.slice(rows.start, rows.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, Int64Array};
    use arrow::datatypes::Int64Type;
    use arrow::util::pretty::pretty_format_batches;

    use super::*;

    fn batch(values: &[i64]) -> RecordBatch {
        let column: ArrayRef = Arc::new(Int64Array::from(values.to_vec()));
        RecordBatch::try_from_iter([("a", column)]).unwrap()
    }

    /// The case's events and the ledger after loading these files. A load knows at most `limit` events individually.
    fn loaded(files: &[String], limit: usize) -> (Vec<String>, Ledger) {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.duckdb")).unwrap();
        let (memory, filter, mut ledger) = (Memory(crate::load::MEMORY), Filter::default(), Ledger::default());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let options = ParseOptions { reading: Reading::default(), filter: &filter, budget: memory.of_portion() };
        for portions in files.chunks(2) {
            let mut inserter = Inserter::new(&case, KnownFiles::default(), &filter, memory, &mut ledger).unwrap();
            inserter.events = KnownEvents::of(&case, limit).unwrap();
            let portions =
                portions.iter().map(|file| crate::read::discover(std::slice::from_ref(file)).sources).collect();
            inserter.insert_all(&case, portions, options, &pool, &crate::load::NoProgress).unwrap();
        }
        let rows = case.query("SELECT COLUMNS(*)::VARCHAR FROM events ORDER BY event_id").unwrap();
        (
            rows.iter().map(|batch| pretty_format_batches(std::slice::from_ref(batch)).unwrap().to_string()).collect(),
            ledger,
        )
    }

    #[test]
    fn known_event_limit_does_not_change_result() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, records: &[String]| {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("{{\"Records\":[{}]}}", records.join(","))).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let record = |id: usize, user: &str| {
            format!(
                "{{\"eventVersion\":\"1.08\",\"eventTime\":\"2026-03-02T10:00:00Z\",\"eventName\":\"CreateUser\",\
                 \"eventSource\":\"iam.amazonaws.com\",\"awsRegion\":\"us-east-1\",\
                 \"eventID\":\"00000000-0000-4000-8000-{id:012}\",\"requestParameters\":{{\"userName\":\"{user}\"}},\
                 \"responseElements\":null}}"
            )
        };
        let records = |range: Range<usize>, user: &str| range.map(|id| record(id, user)).collect::<Vec<_>>();
        let files = [
            write("b.json", &records(0..400, "anna")),
            // Duplicates, which are kept in this file because its name sorts first, and new events.
            write("a.json", &records(300..900, "anna")),
            // Different events with the same IDs.
            write("c.json", &records(100..103, "mallory")),
            write("d.json", &records(800..1000, "anna")),
        ];
        let (events, ledger) = loaded(&files, usize::MAX);
        assert_eq!((ledger.read, ledger.inserted, ledger.duplicate, ledger.conflicts), (1203, 1003, 200, 3));
        for limit in [1, 60, 500] {
            assert_eq!(loaded(&files, limit), (events.clone(), ledger.clone()), "{limit}");
        }
    }

    #[test]
    fn consecutive_rows_of_group_are_one_slice() {
        let values = [[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23], [4, 5, 6, 7]];
        let mut admitted = AdmittedRows::new(values.iter().map(|values| batch(values)).collect());
        for (batch, row) in [(0, 1), (1, 0), (0, 2), (2, 3), (1, 1), (3, 0), (3, 1), (0, 3)] {
            admitted.add(batch, row);
        }
        let values = |batch: &RecordBatch| batch.column(0).as_primitive::<Int64Type>().values().to_vec();
        let [other, change, classified] = admitted.finish().map(|slices| slices.iter().map(values).collect::<Vec<_>>());
        assert_eq!(other, [vec![1, 2], vec![4, 5], vec![3]]);
        assert_eq!((change, classified), (vec![vec![10, 11]], vec![vec![23]]));
    }
}
