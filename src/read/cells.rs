//! CSV: rows that hold a whole record in a cell, or the console's event history.

use std::collections::BTreeSet;

use csv::{Position, ReaderBuilder, StringRecord, StringRecordsIntoIter};

use super::container::Container;
use super::error::Refusal;
use super::found::{Found, Item};
use super::history::{self, Columns};
use super::scan::{self, newlines};
use super::stream;
use super::text::{excerpt, printable};

/// Columns that hold a whole record, by their plain names, the likeliest first.
const RECORD_COLUMNS: [&str; 5] = ["cloudtrailevent", "raw", "eventjson", "data", "message"];
/// Columns that may hold one, unless the table is an event history.
const OTHER_RECORD_COLUMNS: [&str; 3] = ["event", "record", "body"];
/// Columns named in the refusal of CSV that nobody knows.
const NAMED_COLUMNS: usize = 6;

/// What a table gave: the items, and for each the line its row begins on.
pub(super) struct Table {
    pub(super) found: Found<'static>,
    pub(super) lines: Vec<u64>,
}

/// Reads CSV with `,`, `;` or tab between the cells.
pub(super) fn read(text: &str) -> Result<Table, Refusal> {
    let (body, skipped) = without_separator_line(text);
    let delimiter = separator(body.lines().next().unwrap_or_default());
    let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(body.as_bytes());
    let headers = reader.headers().map_err(|_| Refusal::NotData)?.clone();
    let plain: Vec<String> = headers.iter().map(plain_name).collect();
    let rows = Rows { rows: reader.into_records(), lines: Lines { text: body, at: 0, line: 1 + skipped } };
    let table = if let Some(column) = column_of(&plain, &RECORD_COLUMNS) {
        rows.read(Container::Csv, |row| cell(row, column))
    } else if let Some(columns) = Columns::of(&headers, &plain) {
        rows.read(Container::EventHistoryCsv, |row| history_row(row, &columns))
    } else if let Some(column) = column_of(&plain, &OTHER_RECORD_COLUMNS) {
        rows.read(Container::Csv, |row| cell(row, column))
    } else {
        return Err(other_table(&headers, body));
    };
    let is_one = table.found.has_records() || table.lines.is_empty();
    if is_one { Ok(table) } else { Err(specific(&table).unwrap_or_else(|| other_table(&headers, body))) }
}

/// The first of the names that is a column.
fn column_of(plain: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| plain.iter().position(|column| column == name))
}

/// The rows below the header.
struct Rows<'t> {
    rows: StringRecordsIntoIter<&'t [u8]>,
    lines: Lines<'t>,
}

impl Rows<'_> {
    fn read(mut self, container: Container, read: impl Fn(&StringRecord) -> Vec<Item<'static>>) -> Table {
        let mut table = Table { found: Found { container: Some(container), items: Vec::new() }, lines: Vec::new() };
        for row in self.rows {
            let position = row.as_ref().map_or_else(|error| error.position(), StringRecord::position);
            let line = self.lines.of(position.map_or(0, Position::byte));
            let mut items =
                row.map_or_else(|error| vec![Item::Broken(error.to_string(), String::new())], |row| read(&row));
            table.lines.extend(items.iter().map(|_| line));
            table.found.items.append(&mut items);
        }
        table
    }
}

/// Counts lines along a text.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row at a byte, which is not before the last one asked for. A row may be said to begin at the
    /// line end before it.
    fn of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let row = scan::skip_space(self.text, byte).max(self.at);
        self.line += newlines(&self.text[self.at..row]);
        self.at = row;
        self.line
    }
}

/// The records in a row's cell; an empty cell holds none, and is no record.
fn cell(row: &StringRecord, column: usize) -> Vec<Item<'static>> {
    let text = row.get(column).unwrap_or_default();
    let items = stream::read(text, 1).found.into_owned().items;
    if items.is_empty() { vec![Item::Broken("the cell is empty".to_owned(), whole_row(row))] } else { items }
}

fn history_row(row: &StringRecord, columns: &Columns) -> Vec<Item<'static>> {
    vec![match history::record(row, columns) {
        Ok(json) => Item::Record(json.into()),
        Err(cause) => Item::Broken(cause, whole_row(row)),
    }]
}

fn whole_row(row: &StringRecord) -> String {
    excerpt(&row.iter().collect::<Vec<_>>().join(","))
}

/// What stands in the cells, if it has a name.
fn specific(table: &Table) -> Option<Refusal> {
    table.found.items.iter().find_map(|item| match item {
        Item::Foreign(what, _) if what.is_specific() => Some(what.clone()),
        _ => None,
    })
}

/// A table of something else; or no table, if its first lines are not of one width.
fn other_table(headers: &StringRecord, text: &str) -> Refusal {
    let width = |line: &str| line.split(char::from(separator(line))).count();
    let widths: BTreeSet<usize> = text.lines().take(3).map(width).collect();
    if headers.len() < 2 || widths.len() != 1 || text.lines().nth(1).is_none() {
        return Refusal::NotData;
    }
    Refusal::ForeignCsv(headers.iter().take(NAMED_COLUMNS).map(printable).collect::<Vec<_>>().join(", "))
}

/// A column's name in small letters and digits alone: `AWS access key` and `awsAccessKey` are one.
fn plain_name(header: &str) -> String {
    header.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The separator that a header line has most of, outside its quotes.
fn separator(header: &str) -> u8 {
    let bare: String = header.split('"').step_by(2).collect();
    let count = |separator: u8| bare.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// The table without the `sep=;` line that spreadsheets put first, and how many lines that were.
fn without_separator_line(text: &str) -> (&str, u64) {
    match text.split_once('\n') {
        Some((first, rest)) if first.trim().trim_matches('"').starts_with("sep=") => (rest, 1),
        _ => (text, 0),
    }
}
