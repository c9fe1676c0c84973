//! Finds files, detects their formats, splits them into records, and refuses what cannot be read. The only module that
//! reads input files.
//!
//! [`discover`] finds sources, [`open()`] reads one and takes off its compression, and [`split`] cuts its documents into
//! CloudTrail records, each a JSON object's text, whatever they were wrapped in. What a thing is, is told by its
//! content and never by its name. Nothing is parsed further than to its members' names: that is the next room's work.

mod archive;
mod athena;
mod cells;
mod clock;
mod container;
mod error;
mod footer;
mod foreign;
mod found;
mod history;
mod layout;
mod literals;
mod names;
mod ocsf;
mod opened;
mod own;
mod packed;
mod parquet;
mod room;
mod row;
mod rows;
mod scan;
mod shape;
mod source;
mod spilled;
mod stamp;
mod structs;
mod text;
mod texts;
mod unwrap;

use std::borrow::Cow;

pub use clock::DateOrder;
pub use container::Container;
pub use error::{ReadError, Refusal};
pub use layout::LogPath;
pub use names::RECORD_MEMBERS;
pub use opened::{Document, Opened, Stored, fetch, fetch_within, open};
pub use room::Room;
pub use row::record_of_row;
pub use scan::searched_bytes;
pub use source::{Discovery, Source, discover, discover_and_tell};
pub use spilled::{FileId, is_empty_file, remove_empty_file, remove_spilled};
pub use structs::is_read_from_text_of;
pub use texts::{TextFile, texts};

use cells::Table;
use found::{Found, Item};

use crate::json::Level;

/// The members of a record: those of [`RECORD_MEMBERS`], and the others.
pub type RecordMembers<'a> = Level<'a, { RECORD_MEMBERS.len() }>;

/// A document's records.
#[derive(Debug)]
pub struct Split<'a> {
    /// What they were taken from.
    pub container: Container,
    /// Every record in the document's order, and in its place whatever should have been one. May be empty: a trail
    /// writes files without events.
    pub records: Vec<Result<RecordText<'a>, BadRecord>>,
}

/// One CloudTrail record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordText<'a> {
    /// Where it stands in its document, from 1: the line of JSON lines and CSV, else the number of the record.
    pub position: u64,
    /// The record, a JSON object. Its members are as they stood; nothing below them has been looked at.
    pub json: Cow<'a, str>,
    /// Its members, if they were seen when the document was split: they are not looked for again.
    pub members: Option<Box<RecordMembers<'a>>>,
}

/// Something that stands where a record should, and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Where it stands in its document, counted as [`RecordText::position`].
    pub position: u64,
    /// Why it is no record. Offsets are bytes, from 0, in the text that holds it.
    pub cause: String,
    /// Its beginning as it stood, at most 200 characters.
    pub excerpt: String,
}

/// Cuts a document into its records.
///
/// # Errors
/// A document in which nothing is CloudTrail is refused, and the refusal says what it looks like. A file with a known
/// list in it that is merely damaged is not refused: it gives its whole records and a [`BadRecord`] for the rest.
pub fn split(document: &Document) -> Result<Split<'_>, Refusal> {
    split_as(document, Reading::default())
}

/// What a document does not say of itself, and how much of it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Whether dates of CSV begin with the month or with the day, where no row shows which.
    pub date_order: Option<DateOrder>,
    /// The most bytes of a record's text; a record that has more is rejected alone.
    pub max_record: u64,
    /// The most bytes of text in memory of one file that is read by itself.
    pub max_text: u64,
}

/// The most bytes of a record's text unless it is told otherwise. CloudTrail's own limit is 256 KiB, 1 MiB for some.
pub const MAX_RECORD: u64 = 4 << 20;
/// The most bytes of text of one file unless it is told otherwise.
pub const MAX_TEXT: u64 = 8 << 30;

impl Default for Reading {
    fn default() -> Self {
        Self { date_order: None, max_record: MAX_RECORD, max_text: MAX_TEXT }
    }
}

/// As [`split`], with what the document does not say of itself.
///
/// # Errors
/// As [`split`].
pub fn split_as(document: &Document, reading: Reading) -> Result<Split<'_>, Refusal> {
    scan::begin(document.text.len());
    if parquet::is_parquet(&document.text) {
        let Table { found, lines } = parquet::read(&document.text, reading.max_text)?;
        return finish(found, lines);
    }
    match text::decode(&document.text)? {
        Cow::Borrowed(text) => split_text(text, reading),
        Cow::Owned(text) => split_text(&text, reading).map(Split::into_owned),
    }
}

fn split_text(text: &str, reading: Reading) -> Result<Split<'_>, Refusal> {
    let start = text.trim_start();
    if let Some(refusal) = plain_refusal(start) {
        return Err(refusal);
    }
    if is_log(start) {
        return prefixed(text).unwrap_or(Err(Refusal::NotData));
    }
    if start.starts_with(['{', '[']) {
        return json(text).or_else(|refusal| prefixed(text).unwrap_or(Err(refusal)));
    }
    match cells::read(text, reading.date_order) {
        Ok(Table { found, lines }) => finish(found, lines),
        // A log may hold records after other text; one that lost its beginning, or that begins with a remark, further
        // down.
        Err(refusal) => match packed::text(text) {
            Some(inner) => json(&inner).map(Split::into_owned),
            None => prefixed(text).unwrap_or_else(|| json(text).map_err(|_| refusal)),
        },
    }
}

/// Whether a text begins with a bracket, and is no JSON all the same: `[2024-05-01 10:00:00] INFO`.
fn is_log(start: &str) -> bool {
    let Some(inner) = start.strip_prefix('[') else { return false };
    match inner.trim_start().as_bytes().first() {
        Some(b'{' | b'[' | b']' | b'"') | None => false,
        // A list of numbers is JSON, and a time is none.
        Some(_) => scan::value::<serde::de::IgnoredAny>(start, 0).is_err(),
    }
}

/// The records in the lines of a log, if there are any after other text.
fn prefixed(text: &str) -> Option<Result<Split<'_>, Refusal>> {
    unwrap::lines::read(text, 0).map(|lines| finish(lines.found, lines.lines))
}

/// Files that are told by their first words.
fn plain_refusal(start: &str) -> Option<Refusal> {
    Some(match start {
        "" => Refusal::Empty,
        _ if start.starts_with("version https://git-lfs.github.com/") => Refusal::LfsPointer,
        _ if start.starts_with("version account-id interface-id ") => Refusal::VpcFlowLog,
        // A syslog line begins with its priority.
        _ if start.starts_with('<') && !start[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            Refusal::Format("XML or HTML")
        }
        _ => return None,
    })
}

fn json(text: &str) -> Result<Split<'_>, Refusal> {
    let stream = unwrap::stream::read(text, 0);
    let positions = stream.positions();
    finish(stream.found, positions)
}

/// The outcome: records and what stood among them, or one refusal for all of it.
fn finish(found: Found<'_>, positions: Vec<u64>) -> Result<Split<'_>, Refusal> {
    if !found.has_records()
        && let Some(refusal) = refusal(&found)
    {
        return Err(refusal);
    }
    let container = found.container.unwrap_or(Container::Object);
    let record = |(item, position)| match item {
        Item::Record(json, members) => Ok(RecordText { position, json, members }),
        Item::Foreign(what, excerpt) => {
            Err(BadRecord { position, cause: format!("no CloudTrail record: {what}"), excerpt })
        }
        Item::Broken(cause, excerpt) => Err(BadRecord { position, cause, excerpt }),
    };
    Ok(Split { container, records: found.items.into_iter().zip(positions).map(record).collect() })
}

/// What a document without records is: the first specific name in it, else the first name, else that it is broken.
fn refusal(found: &Found<'_>) -> Option<Refusal> {
    let foreign = |item: &Item<'_>| match item {
        Item::Foreign(what, _) => Some(what.clone()),
        _ => None,
    };
    let broken = |item: &Item<'_>| match item {
        // A bare list is no more than a bracket.
        Item::Broken(cause, _) if matches!(found.container, None | Some(Container::Array)) => {
            Some(Refusal::BrokenJson(cause.clone()))
        }
        _ => None,
    };
    let specific = found.items.iter().filter_map(foreign).find(Refusal::is_specific);
    specific.or_else(|| found.items.iter().find_map(foreign)).or_else(|| found.items.iter().find_map(broken))
}

impl Split<'_> {
    fn into_owned(self) -> Split<'static> {
        let owned = |record: RecordText<'_>| RecordText {
            position: record.position,
            json: Cow::Owned(record.json.into_owned()),
            members: None,
        };
        let records = self.records.into_iter().map(|record| record.map(owned)).collect();
        Split { container: self.container, records }
    }
}
