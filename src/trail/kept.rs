//! The deduplicated events of a trail, and what happened to its files.

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use foldhash::{HashMap, HashSet};
use indexmap::IndexMap;
use rayon::prelude::*;

use super::account::{push_file, push_left_out, push_refused, push_rejects};
use super::bundles::{BUNDLE, cut};
use super::merge::{MergeOutcome, Version, resolve};
use super::parse::parse_rows;
use super::{Admission, Admissions, Counts, Events, Filter, Outcome, Parsed, ParsedFiles, Reading, parse};
use crate::batch::{BatchError, EventRows, Rows};
use crate::event::Timestamp;
use crate::read::{Discovery, MAX_TEXT, MemoryBudget, Source};
use crate::table::{AGGREGATED_EVENTS, LOAD_FILES, REJECTS};

/// A time range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// Its start, inclusive.
    pub from: Option<Timestamp>,
    /// Its end, exclusive.
    pub to: Option<Timestamp>,
}

impl Span {
    pub(super) fn has(self, time: i64) -> bool {
        self.from.is_none_or(|from| from.0 <= time) && self.to.is_none_or(|to| time < to.0)
    }
}

/// The result of reading a trail.
#[derive(Debug)]
pub(super) struct Kept {
    /// Batches of `events`: each event once, as in a load, in file and record order.
    pub(super) events: Vec<RecordBatch>,
    /// A batch of `aggregated_events`.
    pub(super) aggregated: RecordBatch,
    /// A batch of `load_files`.
    pub(super) files: RecordBatch,
    /// A batch of `rejects`: everything that could not be read, from records to inputs.
    pub(super) rejects: RecordBatch,
    /// Why nothing was read, if that is the case.
    pub(super) nothing: Option<String>,
}

/// Reads everything that was found and may match the filter, in parallel.
pub(super) fn read(found: Discovery, filter: &Filter) -> Result<Kept, BatchError> {
    let (wanted, left_out): (Vec<_>, Vec<_>) =
        found.sources.into_iter().partition(|source| filter.may_want(&source.name));
    let bundles = cut(wanted, BUNDLE).into_par_iter().map(|sources| {
        let mut bundle = parse(sources, Reading::default(), &|_, _| false, filter, &MemoryBudget::new(MAX_TEXT))?;
        bundle.batches = std::mem::take(&mut bundle.batches).into_iter().map(shrunk).collect::<Result<_, _>>()?;
        Ok(bundle)
    });
    let mut account = Account::new(filter.stated());
    for source in &left_out {
        account.left_out(source)?;
    }
    for problem in &found.problems {
        account.lost(problem.name(), &problem.to_string())?;
    }
    keep(bundles.collect::<Result<_, BatchError>>()?, account)
}

/// The document name for rows from a table, which also appears in `events.source_file`.
const ROWS: &str = "rows";
/// The rows that one thread parses one after another.
const PIECE: usize = 4096;

/// Reads the records in a table's rows, one text per row, in parallel.
pub(super) fn read_rows(rows: &[Option<&str>]) -> Result<Kept, BatchError> {
    let pieces = rows.par_chunks(PIECE).enumerate();
    let bundles = pieces.map(|(piece, rows)| parse_rows(ROWS, rows, (piece * PIECE) as u64 + 1));
    keep(bundles.collect::<Result<_, BatchError>>()?, Account::new(None))
}

/// The rows of `load_files` and `rejects` so far.
struct Account {
    files: Rows,
    rejects: Rows,
    causes: Vec<String>,
    some: bool,
    /// The filter, as text.
    filter: Option<String>,
}

impl Account {
    fn new(filter: Option<String>) -> Self {
        Self { files: Rows::new(&LOAD_FILES), rejects: Rows::new(&REJECTS), causes: Vec::new(), some: false, filter }
    }

    /// Records a file that was not read because its path shows that no event matches the filter.
    fn left_out(&mut self, file: &Source) -> Result<(), BatchError> {
        self.some = true;
        push_left_out(&mut self.files, file, self.filter.as_deref())
    }

    /// Records a file or an input from which nothing was read.
    fn lost(&mut self, file: &str, cause: &str) -> Result<(), BatchError> {
        self.causes.push(if cause.contains(file) { cause.to_owned() } else { format!("{file}: {cause}") });
        push_refused(&mut self.rejects, file, cause)
    }

    fn file(&mut self, file: &Source, parsed: &Parsed, counts: Counts) -> Result<(), BatchError> {
        push_file(&mut self.files, file, parsed, counts, self.filter.as_deref())?;
        if let Some(cause) = &parsed.refused {
            return self.lost(&file.name, cause);
        }
        self.some = true;
        push_rejects(&mut self.rejects, &file.name, parsed)
    }
}

/// Keeps the same record of each event as a load does: the record in the document whose name sorts first.
fn keep(mut bundles: Vec<ParsedFiles>, mut account: Account) -> Result<Kept, BatchError> {
    let (mut wanted, joined) = admit(&mut bundles)?;
    let aggregated = aggregated(&bundles, &mut wanted)?;
    for (bundle, wanted) in bundles.iter().zip(&wanted) {
        for ((source, outcome), counts) in bundle.files.iter().zip(&wanted.counts) {
            match outcome {
                Outcome::Skipped => {}
                Outcome::Failed(cause) | Outcome::NoRoom(cause) => {
                    account.file(source, &Parsed::failed(cause.clone()), Counts::default())?;
                }
                Outcome::Parsed(parsed) => account.file(source, parsed, *counts)?,
            }
        }
    }
    let batches =
        bundles.into_iter().zip(wanted).flat_map(|(bundle, wanted)| bundle.batches.into_iter().zip(wanted.rows));
    let joined = joined.map(|batch| (vec![true; batch.num_rows()], batch)).map(|(rows, batch)| (batch, rows));
    let batches: Vec<_> = batches.chain(joined).collect();
    let events = batches.into_par_iter().map(|(batch, rows)| chosen(batch, rows)).collect::<Result<Vec<_>, _>>()?;
    Ok(Kept {
        events: events.into_iter().filter(|batch| batch.num_rows() > 0).collect(),
        aggregated,
        files: account.files.finish()?,
        rejects: account.rejects.finish()?,
        nothing: (!account.some).then(|| in_one_line(&account.causes)),
    })
}

/// The aggregated events, without duplicates.
fn aggregated(bundles: &[ParsedFiles], wanted: &mut [Wanted]) -> Result<RecordBatch, BatchError> {
    let (mut rows, mut met) = (Rows::new(&AGGREGATED_EVENTS), HashSet::default());
    for (bundle, wanted) in bundles.iter().zip(wanted) {
        for ((_, outcome), counts) in bundle.files.iter().zip(&mut wanted.counts) {
            let Outcome::Parsed(parsed) = outcome else { continue };
            for counted in parsed.aggregated.iter().filter(|counted| met.insert(counted.event.event_id.as_str())) {
                counted.push(&mut rows)?;
                counts.inserted += 1;
            }
        }
    }
    rows.finish()
}

/// Which rows of a bundle to keep.
struct Wanted {
    /// The rows of each batch.
    rows: Vec<Vec<bool>>,
    /// For each file, the number of rows that are kept, and what happened to the other records.
    counts: Vec<Counts>,
}

/// The position of a record: its bundle, file, batch and row.
type Place = (usize, usize, usize, usize);

/// Determines the rows to keep, and returns the rows that were merged from several records. Copies of a file are
/// skipped, as in a load.
fn admit(bundles: &mut [ParsedFiles]) -> Result<(Vec<Wanted>, Option<RecordBatch>), BatchError> {
    let mut whole = HashSet::default();
    for (_, outcome) in bundles.iter_mut().flat_map(|bundle| &mut bundle.files) {
        if let Outcome::Parsed(parsed) = outcome
            && parsed.refused.is_none()
            // Rows from a table do not have a hash.
            && !parsed.sha256.is_empty()
            && !whole.insert(parsed.sha256.clone())
        {
            *outcome = Outcome::Skipped;
        }
    }
    let nothing = |bundle: &ParsedFiles| Wanted {
        rows: bundle.batches.iter().map(|batch| vec![false; batch.num_rows()]).collect(),
        counts: vec![Counts::default(); bundle.files.len()],
    };
    let mut wanted: Vec<Wanted> = bundles.iter().map(nothing).collect();
    let mut met = Admissions::default();
    let mut joining: IndexMap<u128, Vec<Place>> = IndexMap::new();
    for (bundle, file, events) in by_document(bundles) {
        let document = met.document(&events.document);
        for (row, (key, print)) in events.keys.iter().enumerate() {
            let place = (bundle, file, events.batch, events.first + row);
            match met.admit(*key, *print, document) {
                Admission::New => {
                    wanted[bundle].rows[events.batch][events.first + row] = true;
                    wanted[bundle].counts[file].inserted += 1;
                }
                Admission::Joins => joining.entry(*key).or_default().push(place),
                Admission::Duplicate => {}
            }
        }
    }
    let joined = if joining.is_empty() { None } else { Some(join(bundles, &mut wanted, joining)?) };
    Ok((wanted, joined))
}

/// Merges the records of one event, and returns those that differ from their source rows.
fn join(
    bundles: &[ParsedFiles],
    wanted: &mut [Wanted],
    joining: IndexMap<u128, Vec<Place>>,
) -> Result<RecordBatch, BatchError> {
    let mut firsts: HashMap<u128, Place> = HashMap::default();
    for (bundle, file, events) in by_document(bundles) {
        for (row, (key, _)) in events.keys.iter().enumerate() {
            let row = events.first + row;
            if joining.contains_key(key) && wanted[bundle].rows[events.batch][row] {
                firsts.insert(*key, (bundle, file, events.batch, row));
            }
        }
    }
    let version = |(bundle, _, batch, row): &Place| Version::of(&bundles[*bundle].batches[*batch], *row);
    let mut rows = EventRows::default();
    for (key, places) in joining {
        let first = firsts.get(&key).copied();
        let there = first.iter().map(version).collect::<Result<Vec<_>, _>>();
        let new = places.iter().map(version).collect::<Result<Vec<_>, _>>();
        // A record that cannot be rebuilt is kept unchanged.
        let (Ok(there), Ok(new)) = (there, new) else { continue };
        let resolved = resolve(&there, &new);
        if resolved.is_changed {
            if resolved.push(&mut rows).is_err() {
                continue;
            }
            if let Some((bundle, _, batch, row)) = first {
                wanted[bundle].rows[batch][row] = false;
            }
        }
        for ((bundle, file, ..), fate) in places.into_iter().zip(resolved.fates) {
            match fate {
                MergeOutcome::New => wanted[bundle].counts[file].inserted += 1,
                MergeOutcome::Merged => wanted[bundle].counts[file].merged += 1,
                MergeOutcome::Duplicate => {}
            }
        }
    }
    rows.finish()
}

/// The documents in order of name, each with the indexes of its bundle and its file.
fn by_document(bundles: &[ParsedFiles]) -> Vec<(usize, usize, &Events)> {
    let mut documents = Vec::new();
    for (at, bundle) in bundles.iter().enumerate() {
        for (file, (_, outcome)) in bundle.files.iter().enumerate() {
            if let Outcome::Parsed(parsed) = outcome {
                documents.extend(parsed.events.iter().map(|events| (at, file, events)));
            }
        }
    }
    documents.sort_by(|(.., a), (.., b)| a.document.cmp(&b.document));
    documents
}

/// The batch's rows to keep.
fn chosen(batch: RecordBatch, rows: Vec<bool>) -> Result<RecordBatch, BatchError> {
    if rows.iter().all(|wanted| *wanted) {
        Ok(batch)
    } else {
        Ok(filter_record_batch(&batch, &BooleanArray::from(rows))?)
    }
}

/// The batch without the unused capacity of its columns.
fn shrunk(batch: RecordBatch) -> Result<RecordBatch, BatchError> {
    let (schema, mut columns, _) = batch.into_parts();
    columns.iter_mut().for_each(arrow::array::Array::shrink_to_fit);
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// The maximum number of causes in one message.
const CAUSES: usize = 5;

fn in_one_line(causes: &[String]) -> String {
    match causes.len().checked_sub(CAUSES) {
        _ if causes.is_empty() => "there are no files".to_owned(),
        Some(more) if more > 0 => format!("{}; and {more} more", causes[..CAUSES].join("; ")),
        _ => causes.join("; "),
    }
}
