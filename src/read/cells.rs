//! CSV: rows that hold a whole record in a cell, or the console's event history.

use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord};

use super::container::Container;
use super::error::Refusal;
use super::history::{self, Columns};
use super::stream;
use super::text::{excerpt, printable};
use super::unwrap::{Found, Item};

/// Columns that hold a whole record, by their plain names.
const RECORD_COLUMNS: [&str; 9] =
    ["cloudtrailevent", "raw", "data", "message", "eventjson", "event", "body", "record", "eventdata"];
/// Columns named in the refusal of CSV that nobody knows.
const NAMED_COLUMNS: usize = 6;

/// What a table gave: the items, and for each the line its row begins on.
pub(super) struct Table {
    pub(super) found: Found<'static>,
    pub(super) lines: Vec<u64>,
}

/// Reads CSV with `,`, `;` or tab between the cells.
pub(super) fn read(text: &str) -> Result<Table, Refusal> {
    let (text, skipped) = without_separator_line(text);
    let header = text.lines().next().unwrap_or_default();
    let mut reader = ReaderBuilder::new().flexible(true).delimiter(separator(header)).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|_| Refusal::NotData)?.clone();
    let plain: Vec<String> = headers.iter().map(plain_name).collect();
    let mut table = Table { found: Found::default(), lines: Vec::new() };
    let mut rows = reader.records();
    if let Some(column) = plain.iter().position(|name| RECORD_COLUMNS.contains(&name.as_str())) {
        rows.by_ref().for_each(|row| table.push(row, skipped, |row| cell(row, column)));
        table.found.container = Some(Container::Csv);
    } else if let Some(columns) = Columns::of(&headers, &plain) {
        rows.by_ref().for_each(|row| table.push(row, skipped, |row| history_row(row, &columns)));
        table.found.container = Some(Container::EventHistoryCsv);
    }
    if table.found.has_records() || (table.found.container.is_some() && table.lines.is_empty()) {
        return Ok(table);
    }
    Err(refusal(&headers, text, &table))
}

impl Table {
    fn push<'r>(
        &mut self,
        row: csv::Result<StringRecord>,
        skipped: u64,
        read: impl Fn(&StringRecord) -> Vec<Item<'r>>,
    ) {
        let (items, line) = match row {
            Ok(row) => (read(&row), row.position().map_or(0, csv::Position::line)),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                (vec![Item::Broken(error.to_string(), String::new())], line)
            }
        };
        self.lines.extend(items.iter().map(|_| line + skipped));
        self.found.items.extend(items.into_iter().map(Item::into_owned));
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

/// What the table is: what stands in its cells, else a table of something else, else no table.
fn refusal(headers: &StringRecord, text: &str, table: &Table) -> Refusal {
    let specific = |item: &Item<'_>| match item {
        Item::Foreign(what, _) if what.is_specific() => Some(what.clone()),
        _ => None,
    };
    if let Some(what) = table.found.items.iter().find_map(specific) {
        return what;
    }
    let widths: BTreeSet<usize> =
        text.lines().take(3).map(|line| line.split(char::from(separator(line))).count()).collect();
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
