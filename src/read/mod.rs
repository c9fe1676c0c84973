//! Finds files, detects their formats, splits them into records, and refuses what cannot be read. The only module that
//! reads input files.
//!
//! [`discover`] finds sources, [`open()`] reads and decompresses a source, and [`split`] cuts its documents into
//! records. The result is CloudTrail records as JSON texts, regardless of what they were wrapped in. Formats are
//! detected by content and never by name. Records are parsed only down to the names of their members; `normalize` does
//! the rest.

mod archive;
mod athena;
mod budget;
mod cells;
mod clock;
mod container;
mod contents;
mod error;
pub mod file;
mod footer;
mod foreign;
mod history;
mod layout;
mod leftover;
mod literals;
mod names;
mod ocsf;
mod opened;
mod own;
mod packed;
mod parquet;
mod row;
mod rows;
mod scan;
mod shape;
mod source;
mod stamp;
mod structs;
mod text;
mod texts;
mod unwrap;

use std::borrow::Cow;

pub use budget::MemoryBudget;
pub use clock::DateOrder;
pub use container::Container;
pub use error::{ReadError, Refusal};
pub use layout::LogPath;
pub use leftover::{FileId, is_empty_file, remove_empty_file, remove_leftover};
pub use names::RECORD_MEMBERS;
pub use opened::{Document, Opened, Stored, fetch, fetch_within, open};
pub use row::record_of_row;
pub use scan::searched_bytes;
pub use source::{Discovery, RemoteFile, Source, discover, discover_notifying};
pub use structs::is_read_from_text_of;
pub use texts::{TextFile, texts};

use cells::Table;
use contents::{Contents, Item};

use crate::json::Level;

/// The members of a record: those of [`RECORD_MEMBERS`], and the others.
pub type RecordMembers<'a> = Level<'a, { RECORD_MEMBERS.len() }>;

/// A document's records.
#[derive(Debug)]
pub struct Split<'a> {
    /// The container of the records.
    pub container: Container,
    /// The records in the document's order, and the damaged parts at their positions. May be empty: a trail writes
    /// files without events.
    pub records: Vec<Result<RecordText<'a>, BadRecord>>,
}

/// One CloudTrail record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordText<'a> {
    /// Its position in the document, starting at 1: the line for JSON Lines and CSV, otherwise the number of the
    /// record.
    pub position: u64,
    /// The record, a JSON object. Its members are unchanged; nothing below them has been parsed.
    pub json: Cow<'a, str>,
    /// Its members, if they were parsed when the document was split; they are not parsed again.
    pub members: Option<Box<RecordMembers<'a>>>,
}

/// Something that is in the place of a record but is not a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Its position in the document, counted like [`RecordText::position`].
    pub position: u64,
    /// Why it is not a record. Offsets are in bytes, starting at 0, in the containing text.
    pub cause: String,
    /// Its beginning, unchanged, at most 200 characters.
    pub excerpt: String,
}

/// Splits a document into its records.
///
/// # Errors
/// A document without CloudTrail records is refused, and the refusal states what it appears to be. A file with a known
/// list that is merely damaged is not refused: the result contains the complete records and a [`BadRecord`] for each
/// damaged part.
pub fn split(document: &Document) -> Result<Split<'_>, Refusal> {
    split_as(document, Reading::default())
}

/// Options that the document itself does not determine, and size limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Whether CSV dates begin with the month or the day, if no row shows which.
    pub date_order: Option<DateOrder>,
    /// The maximum size of a record's text, in bytes; a larger record is rejected, and all other records are read.
    pub max_record: u64,
    /// The maximum size of the text of a single file, in bytes.
    pub max_text: u64,
}

/// The default maximum size of a record's text, in bytes. CloudTrail's own limit is 256 KiB, 1 MiB for some.
pub const MAX_RECORD: u64 = 4 << 20;
/// The default maximum size of the text of one file, in bytes.
pub const MAX_TEXT: u64 = 8 << 30;

impl Default for Reading {
    fn default() -> Self {
        Self { date_order: None, max_record: MAX_RECORD, max_text: MAX_TEXT }
    }
}

/// Like [`split`], with options.
///
/// # Errors
/// See [`split`].
pub fn split_as(document: &Document, reading: Reading) -> Result<Split<'_>, Refusal> {
    scan::begin(document.text.len());
    if parquet::is_parquet(&document.text) {
        let Table { contents, lines } = parquet::read(&document.text, reading.max_text)?;
        return finish(contents, lines);
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
        Ok(Table { contents, lines }) => finish(contents, lines),
        // A log may contain records after other text, or further down if its beginning is missing or is a comment.
        Err(refusal) => match packed::text(text) {
            Some(inner) => json(&inner).map(Split::into_owned),
            None => prefixed(text).unwrap_or_else(|| json(text).map_err(|_| refusal)),
        },
    }
}

/// Whether a text begins with a bracket but is not JSON: `[2024-05-01 10:00:00] INFO`.
fn is_log(start: &str) -> bool {
    let Some(inner) = start.strip_prefix('[') else { return false };
    match inner.trim_start().as_bytes().first() {
        Some(b'{' | b'[' | b']' | b'"') | None => false,
        // A list of numbers is JSON, but a time is not.
        Some(_) => scan::value::<serde::de::IgnoredAny>(start, 0).is_err(),
    }
}

/// The records in a log's lines, if there are any after other text.
fn prefixed(text: &str) -> Option<Result<Split<'_>, Refusal>> {
    unwrap::lines::read(text, 0).map(|lines| finish(lines.contents, lines.lines))
}

/// Files that are recognized by their first words.
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
    finish(stream.contents, positions)
}

/// The result: records and damaged parts, or one refusal for the document.
fn finish(contents: Contents<'_>, positions: Vec<u64>) -> Result<Split<'_>, Refusal> {
    if !contents.has_records()
        && let Some(refusal) = refusal(&contents)
    {
        return Err(refusal);
    }
    let container = contents.container.unwrap_or(Container::Object);
    let record = |(item, position)| match item {
        Item::Record(json, members) => Ok(RecordText { position, json, members }),
        Item::Foreign(what, excerpt) => {
            Err(BadRecord { position, cause: format!("no CloudTrail record: {what}"), excerpt })
        }
        Item::Broken(cause, excerpt) => Err(BadRecord { position, cause, excerpt }),
    };
    Ok(Split { container, records: contents.items.into_iter().zip(positions).map(record).collect() })
}

/// What a document without records is: the first specific format in it, otherwise the first format, otherwise damaged.
fn refusal(contents: &Contents<'_>) -> Option<Refusal> {
    let foreign = |item: &Item<'_>| match item {
        Item::Foreign(what, _) => Some(what.clone()),
        _ => None,
    };
    let broken = |item: &Item<'_>| match item {
        // A bare list starts with just a bracket.
        Item::Broken(cause, _) if matches!(contents.container, None | Some(Container::Array)) => {
            Some(Refusal::BrokenJson(cause.clone()))
        }
        _ => None,
    };
    let specific = contents.items.iter().filter_map(foreign).find(Refusal::is_specific);
    specific.or_else(|| contents.items.iter().find_map(foreign)).or_else(|| contents.items.iter().find_map(broken))
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
