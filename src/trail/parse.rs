//! Parses files into events and rejects. Runs on any thread, and does not access a case.
//!
//! A trail consists of many files with few records each, so consecutively parsed files share batches.

use std::collections::BTreeSet;

use arrow::record_batch::RecordBatch;
use rayon::prelude::*;

use super::admission::{event_key, print_of};
use super::{Filter, Reading};
use crate::batch::{BatchError, Cell, EventGroup, EventRows, Rows};
use crate::{normalize, read, session};

/// The maximum number of records in a batch: the size of DuckDB's vectors.
const MAX_RECORDS: usize = 2048;
/// The maximum size of the text in a batch, in bytes: a column can hold at most 2 GiB.
const MAX_BYTES: usize = 64 << 20;
/// The maximum number of characters to keep from a bad record.
const EXCERPT: usize = 200;

/// Whether a file, given by its SHA-256 in hex and its name, was already loaded completely.
pub type IsKnown<'a> = dyn Fn(&str, &str) -> bool + Sync + 'a;

/// The result for a file.
#[derive(Debug)]
pub enum Outcome {
    /// It was already loaded completely, according to its hash.
    Skipped,
    /// It could not be read.
    Failed(String),
    /// Its text does not fit into the remaining memory, so it must be read again by itself.
    NoRoom(String),
    /// It was read. Contains its records, unless it was refused.
    Parsed(Parsed),
}

/// A file that was read.
#[derive(Debug, Default)]
pub struct Parsed {
    /// SHA-256 of the stored bytes, in hex.
    pub sha256: String,
    /// The number of bytes as stored.
    pub bytes: u64,
    /// The number of documents in the file: one, or the number of members for an archive.
    pub documents: u64,
    /// How its records are wrapped: the distinct containers of its documents.
    pub container: Option<String>,
    /// The number of records in it, valid and invalid.
    pub read: u64,
    /// Records that are not events.
    pub rejected: u64,
    /// Records whose event does not match the filter.
    pub left_out: u64,
    /// Documents, and parts of archives and compressed files, that could not be read although other parts could.
    pub damaged: u64,
    /// Why nothing was read from it, if that is the case.
    pub refused: Option<String>,
    /// What could not be read.
    pub rejects: Vec<Reject>,
    /// Its events, by document.
    pub events: Vec<Events>,
    /// Its aggregated events, which are not in the batches of events.
    pub aggregated: Vec<Counted>,
}

/// An aggregated event, and its source.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The event.
    pub event: normalize::Aggregated,
    /// The document's name.
    pub document: String,
    /// The record's position in its document, starting at 1.
    pub record: u64,
}

impl Counted {
    /// Adds the event to the rows of `aggregated_events`.
    ///
    /// # Errors
    /// If the cells do not match the columns of the table, which a test excludes.
    pub fn push(&self, rows: &mut Rows) -> Result<(), BatchError> {
        let event = &self.event;
        rows.push(&[
            Cell::text(&event.event_id),
            Cell::Time(Some(event.window_start)),
            Cell::Time(event.window_end),
            Cell::Text(event.account_id.as_deref()),
            Cell::Text(event.region.as_deref()),
            Cell::Text(event.event_source.as_deref()),
            Cell::Text(event.dimension.as_deref()),
            Cell::text(&event.summary),
            Cell::text(&self.document),
            Cell::count(self.record),
            Cell::text(&event.record),
        ])
    }
}

/// A record, or if `record` is `None` a document, that could not be read.
#[derive(Debug)]
pub struct Reject {
    /// The document's name.
    pub document: String,
    /// The record's position in its document, starting at 1.
    pub record: Option<u64>,
    /// What is wrong.
    pub cause: String,
    /// The beginning of the record.
    pub excerpt: Option<String>,
}

/// Events in one document, with the key of each event's ID. They are rows in a batch that may be shared with other
/// documents. A document has one of these for each batch that contains some of its events.
#[derive(Debug)]
pub struct Events {
    /// The document's name.
    pub document: String,
    /// The keys of the events' IDs and the fingerprints of their records, by row.
    pub keys: Vec<(u128, u32)>,
    /// The batch's index in [`ParsedFiles::batches`].
    pub batch: usize,
    /// The first row of the events.
    pub first: usize,
}

/// Files that were parsed consecutively.
#[derive(Debug, Default)]
pub struct ParsedFiles {
    /// Each file and its result, in order.
    pub files: Vec<(read::Source, Outcome)>,
    /// The events in all of the files: repeatedly one batch for each [`EventGroup`], some of which are empty.
    pub batches: Vec<RecordBatch>,
}

/// Reads files and normalizes their records.
///
/// # Errors
/// Only if events do not fit their table; problems with a file are in its result.
pub fn parse(
    sources: Vec<read::Source>,
    reading: Reading,
    is_known: &IsKnown<'_>,
    filter: &Filter,
    budget: &read::MemoryBudget,
) -> Result<ParsedFiles, BatchError> {
    let filter = Some(filter).filter(|filter| !filter.is_all());
    let mut parser = Parser { reading, filter, ..Parser::default() };
    let mut files = Vec::with_capacity(sources.len());
    for source in sources {
        let outcome = parser.file(&source, is_known, budget)?;
        files.push((source, outcome));
    }
    parser.flush()?;
    Ok(ParsedFiles { files, batches: parser.batches })
}

/// Normalizes the records in a table's rows, one text per row; `first` is the number of the first row.
pub(super) fn parse_rows(name: &str, rows: &[Option<&str>], first: u64) -> Result<ParsedFiles, BatchError> {
    let text = |row: Option<&str>| read::Document { name: name.to_owned(), text: row.unwrap_or_default().into() };
    let documents: Vec<read::Document> = rows.iter().copied().map(text).collect();
    let records: Vec<Record<'_>> =
        (first..).zip(&documents).flat_map(|(row, text)| records_of_row(text, row)).collect();
    let mut parsed = Parsed { container: Some(name.to_owned()), ..Parsed::default() };
    let mut parser = Parser::default();
    parser.records(name, &records, &mut parsed)?;
    parser.flush()?;
    Ok(ParsedFiles { files: vec![(read::Source::elsewhere(name), Outcome::Parsed(parsed))], batches: parser.batches })
}

/// The records in a row, with the row's number, or the problem if there are none.
fn records_of_row(row: &read::Document, number: u64) -> Vec<Record<'_>> {
    let numbered = |record| match record {
        Ok(text) => Ok(read::RecordText { position: number, ..text }),
        Err(bad) => Err(read::BadRecord { position: number, ..bad }),
    };
    let excerpt = || String::from_utf8_lossy(&row.text).chars().take(EXCERPT).collect();
    match read::split(row) {
        Ok(split) => split.records.into_iter().map(numbered).collect(),
        Err(refusal) => vec![Err(read::BadRecord { position: number, cause: refusal.to_string(), excerpt: excerpt() })],
    }
}

/// Parses a file that the caller has read: returns its result, and the batches of its events.
///
/// # Errors
/// See [`parse`].
pub fn parse_stored(name: &str, bytes: Vec<u8>) -> Result<(Parsed, Vec<RecordBatch>), BatchError> {
    let mut parser = Parser::default();
    let opened = read::Stored::new(name.to_owned(), bytes).unpack();
    let parsed = parser.documents(name, opened)?;
    parser.flush()?;
    Ok((parsed, parser.batches.into_iter().filter(|batch| batch.num_rows() > 0).collect()))
}

/// The batches so far, and the rows of the next ones.
#[derive(Debug, Default)]
struct Parser<'f> {
    batches: Vec<RecordBatch>,
    rows: GroupedRows,
    bytes: usize,
    reading: Reading,
    /// The filter; everything matches if `None`.
    filter: Option<&'f Filter>,
}

impl Parser<'_> {
    fn file(
        &mut self,
        source: &read::Source,
        is_known: &IsKnown<'_>,
        budget: &read::MemoryBudget,
    ) -> Result<Outcome, BatchError> {
        let stored = match read::fetch_within(source, self.reading.max_text) {
            Ok(stored) => stored,
            Err(error) => return Ok(Outcome::Failed(error.to_string())),
        };
        if is_known(&stored.sha256, &source.name) {
            return Ok(Outcome::Skipped);
        }
        match stored.unpack_within(budget) {
            Ok(opened) => Ok(Outcome::Parsed(self.documents(&source.name, opened)?)),
            // Standard input cannot be read again.
            Err(error @ read::ReadError::TooLarge { .. }) if source.is_lasting() => {
                Ok(Outcome::NoRoom(error.to_string()))
            }
            Err(error) => Ok(Outcome::Failed(error.to_string())),
        }
    }

    /// Splits a file's documents into records, and normalizes the records.
    fn documents(&mut self, name: &str, opened: read::Opened) -> Result<Parsed, BatchError> {
        let mut parsed = Parsed {
            sha256: opened.sha256,
            bytes: opened.bytes,
            documents: opened.documents.len() as u64,
            ..Parsed::default()
        };
        let own = format!("{name}: ");
        let damage = |cause: String| {
            let cause = cause.strip_prefix(&own).map_or_else(|| cause.clone(), str::to_owned);
            Reject { document: name.to_owned(), record: None, cause, excerpt: None }
        };
        parsed.rejects.extend(opened.problems.into_iter().map(damage));
        let mut containers = BTreeSet::new();
        for document in &opened.documents {
            match read::split_as(document, self.reading) {
                Ok(split) => {
                    containers.insert(split.container.as_str());
                    self.records(&document.name, &split.records, &mut parsed)?;
                }
                Err(refusal) => parsed.rejects.push(Reject {
                    document: document.name.clone(),
                    record: None,
                    cause: refusal.to_string(),
                    excerpt: None,
                }),
            }
        }
        if containers.is_empty() {
            parsed.refuse();
        } else {
            parsed.container = Some(Vec::from_iter(containers).join(", "));
        }
        parsed.damaged = parsed.rejects.iter().filter(|reject| reject.record.is_none()).count() as u64;
        Ok(parsed)
    }

    /// Normalizes a document's records. A small number of records is added to the current batch; larger numbers get
    /// their own batches.
    fn records(&mut self, document: &str, records: &[Record<'_>], parsed: &mut Parsed) -> Result<(), BatchError> {
        parsed.read += records.len() as u64;
        let (filter, max_record) = (self.filter, self.reading.max_record);
        let pieces = cut(records);
        if let [all] = pieces.as_slice() {
            let bytes = size(all);
            if self.rows.len() + all.len() > MAX_RECORDS || self.bytes.saturating_add(bytes) > MAX_BYTES {
                self.flush()?;
            }
            self.bytes += bytes;
            let first = self.rows.lengths();
            let (keys, others) = normalize(document, all, &mut self.rows, filter, max_record)?;
            parsed.add(all.len(), events(document, keys, self.batches.len(), first), others);
            return Ok(());
        }
        if !pieces.is_empty() {
            self.flush()?;
        }
        let batches = |piece: &&[Record<'_>]| {
            let mut rows = GroupedRows::default();
            let (keys, others) = normalize(document, piece, &mut rows, filter, max_record)?;
            Ok::<_, BatchError>((rows.finish()?, keys, others))
        };
        let done: Vec<_> = pieces.par_iter().map(batches).collect();
        for (records, piece) in pieces.iter().zip(done) {
            let (batches, keys, others) = piece?;
            parsed.add(records.len(), events(document, keys, self.batches.len(), [0; EventGroup::COUNT]), others);
            self.batches.extend(batches);
        }
        Ok(())
    }

    /// Ends the current batches.
    fn flush(&mut self) -> Result<(), BatchError> {
        self.bytes = 0;
        if self.rows.len() > 0 {
            let rows = std::mem::take(&mut self.rows);
            self.batches.extend(rows.finish()?);
        }
        Ok(())
    }
}

/// The rows of the next batches, one for each group.
#[derive(Debug, Default)]
struct GroupedRows([EventRows; EventGroup::COUNT]);

/// The keys of the events' IDs and the fingerprints of their records, by group.
type GroupedKeys = [Vec<(u128, u32)>; EventGroup::COUNT];

impl GroupedRows {
    fn len(&self) -> usize {
        self.0.iter().map(EventRows::len).sum()
    }

    fn lengths(&self) -> [usize; EventGroup::COUNT] {
        self.0.each_ref().map(EventRows::len)
    }

    fn finish(self) -> Result<Vec<RecordBatch>, BatchError> {
        self.0.into_iter().map(EventRows::finish).collect()
    }
}

/// The events of a document in the batches of all groups, the first of which has the index `batch`. `first` is the first row
/// in each.
fn events(document: &str, keys: GroupedKeys, batch: usize, first: [usize; EventGroup::COUNT]) -> Vec<Events> {
    let parts = keys.into_iter().zip(first).zip(batch..);
    let part = |((keys, first), batch)| Events { document: document.to_owned(), keys, batch, first };
    parts.map(part).filter(|events| !events.keys.is_empty()).collect()
}

impl Parsed {
    /// Nothing in the file was CloudTrail, so its documents' problems become the file's problem.
    fn refuse(&mut self) {
        let causes: BTreeSet<String> = self.rejects.drain(..).map(|reject| reject.cause).collect();
        let all = Vec::from_iter(causes).join("; ");
        self.refused = Some(if all.is_empty() { "it is empty".to_owned() } else { all });
    }

    /// Adds the counts of records; records that are neither events, aggregated events nor rejects were left out.
    fn add(&mut self, records: usize, events: Vec<Events>, others: Others) {
        let found = events.iter().map(|events| events.keys.len()).sum::<usize>()
            + others.rejects.len()
            + others.aggregated.len();
        self.left_out += records.saturating_sub(found) as u64;
        self.rejected += others.rejects.len() as u64;
        self.rejects.extend(others.rejects);
        self.aggregated.extend(others.aggregated);
        self.events.extend(events);
    }
}

type Record<'a> = Result<read::RecordText<'a>, read::BadRecord>;

/// Splits records into pieces for batches of bounded size.
fn cut<'a, 'b>(mut records: &'a [Record<'b>]) -> Vec<&'a [Record<'b>]> {
    let mut pieces = Vec::new();
    while !records.is_empty() {
        let mut bytes = 0_usize;
        let within = records.iter().take(MAX_RECORDS).take_while(|record| {
            bytes = bytes.saturating_add(record.as_ref().map_or(0, |text| text.json.len()));
            bytes <= MAX_BYTES
        });
        let (piece, rest) = records.split_at(within.count().max(1));
        pieces.push(piece);
        records = rest;
    }
    pieces
}

/// The size of the records' text, in bytes.
fn size(records: &[Record<'_>]) -> usize {
    records.iter().flatten().map(|text| text.json.len()).sum()
}

/// Normalizes records, and adds the events that the filter wants to `rows`. Returns the keys of their IDs with the
/// fingerprints of their records, and the records that are not events with a name and a time.
fn normalize(
    document: &str,
    records: &[Record<'_>],
    rows: &mut GroupedRows,
    filter: Option<&Filter>,
    max_record: u64,
) -> Result<(GroupedKeys, Others), BatchError> {
    let (mut keys, mut others) = (GroupedKeys::default(), Others::default());
    let reject =
        |record, cause, excerpt| Reject { document: document.to_owned(), record: Some(record), cause, excerpt };
    for record in records {
        let text = match record {
            Ok(text) => text,
            Err(bad) => {
                others.rejects.push(reject(bad.position, bad.cause.clone(), Some(bad.excerpt.clone())));
                continue;
            }
        };
        let bytes = text.json.len();
        let normalized = if bytes as u64 > max_record {
            Err(format!(
                "the record has {bytes} bytes, but the maximum is {max_record}; use a larger --max-record-size to load it"
            ))
        } else {
            normalize::event_of(text, document).map_err(|error| error.problem.to_string())
        };
        match normalized {
            Ok(event) if filter.is_some_and(|filter| !filter.wants(&event)) => {}
            Ok(mut event) => {
                event.session_id = session::id(&event, document);
                let group = EventRows::push_by_group(&mut rows.0, &event, document, text.position)?;
                // A record that corrects another record belongs to the same event.
                let id = event.corrects.as_deref().unwrap_or(&event.event_id);
                keys[group as usize].push((event_key(id), print_of(&event)));
            }
            Err(cause) => {
                if let Some(event) = normalize::aggregated(&text.json) {
                    others.aggregated.push(Counted { event, document: document.to_owned(), record: text.position });
                } else {
                    let excerpt = text.json.chars().take(EXCERPT).collect();
                    others.rejects.push(reject(text.position, cause, Some(excerpt)));
                }
            }
        }
    }
    Ok((keys, others))
}

/// Records that are not events with a name and a time.
#[derive(Debug, Default)]
struct Others {
    rejects: Vec<Reject>,
    aggregated: Vec<Counted>,
}
