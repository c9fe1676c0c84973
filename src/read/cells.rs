//! CSV with a complete record in one cell, or with one row per event.

use std::collections::BTreeSet;
use std::io::Cursor;

use csv::{Position, Reader, ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::clock::{Convention, DateOrder};
use super::container::Container;
use super::contents::{Contents, Item};
use super::error::Refusal;
use super::history::{self, Columns};
use super::names::plain;
use super::own;
use super::scan::newlines;
use super::text::{excerpt, printable};
use super::unwrap::stream;

/// Normalized names of columns that contain a complete record, the most likely first.
const RECORD_COLUMNS: [&str; 8] =
    ["cloudtrailevent", "raw", "eventjson", "eventoriginal", "source", "data", "message", "log"];
/// Columns that may contain a record, unless the table has one row per event.
const OTHER_RECORD_COLUMNS: [&str; 4] = ["event", "record", "body", "detail"];
/// The maximum number of comment lines before the header.
const MAX_REMARKS: u64 = 20;
/// The number of columns to name when unknown CSV is refused.
const NAMED_COLUMNS: usize = 6;

/// A table's items, and for each item the line on which its row begins.
pub(super) struct Table {
    pub(super) contents: Contents<'static>,
    pub(super) lines: Vec<u64>,
}

/// Reads CSV with `,`, `;`, `|` or tab between the cells. If dates may begin with the month or the day and no row shows
/// which, `order` decides.
pub(super) fn read(text: &str, order: Option<DateOrder>) -> Result<Table, Refusal> {
    let (body, skipped) = without_separator_line(text);
    let refusal = match table(body, 1 + skipped, order) {
        Ok(table) => return Ok(table),
        Err(refusal) => refusal,
    };
    let mut at = 0;
    for (number, line) in (1..=MAX_REMARKS).zip(body.split_inclusive('\n')) {
        at += line.len();
        if is_header(body[at..].lines().next().unwrap_or_default()) {
            return table(&body[at..], 1 + skipped + number, order);
        }
    }
    Err(refusal)
}

/// Whether a line names the columns of an event table.
fn is_header(line: &str) -> bool {
    let mut headers = StringRecord::new();
    let is_row = csv_reader(line, separator(line)).read_record(&mut headers).unwrap_or(false);
    is_row && Columns::of(&headers).is_some()
}

/// Reads the table whose header is the first line of `body`, and that line's number.
fn table(body: &str, first: u64, order: Option<DateOrder>) -> Result<Table, Refusal> {
    let delimiter = separator(body.lines().next().unwrap_or_default());
    let mut reader = csv_reader(body, delimiter);
    let mut headers = StringRecord::new();
    if !reader.read_record(&mut headers).map_err(|_| Refusal::NotData)? {
        return Err(Refusal::NotData);
    }
    let start = usize::try_from(reader.position().byte()).unwrap_or(body.len()).min(body.len());
    let rows = Rows { text: body, start, first, delimiter, header: &headers };
    let names: Vec<String> = headers.iter().map(plain).collect();
    let columns = Columns::of(&headers);
    let mut refused = None;
    let places = |names_of: &[&str]| {
        let place = |name: &&str| names.iter().position(|column| column == name);
        names_of.iter().filter_map(place).collect::<Vec<_>>()
    };
    for column in places(&RECORD_COLUMNS) {
        match rows.cells(column) {
            Ok(table) => return Ok(table),
            Err(refusal) => refused = refused.or(refusal),
        }
    }
    let own: Vec<&str> = headers.iter().map(str::trim).collect();
    if own::is_row_of(&own) {
        return Ok(rows.read(Container::Table, |row| own_row(row, &own)));
    }
    if let Some(columns) = columns {
        let times = Convention::of(rows.times(&columns).iter().map(String::as_str), order);
        return Ok(rows.read(columns.container(), |row| history_row(row, &columns, times)));
    }
    let known = places(&RECORD_COLUMNS);
    let others = places(&OTHER_RECORD_COLUMNS).into_iter().chain((0..headers.len()).filter(|at| !known.contains(at)));
    for column in others.filter(|column| rows.begins_with_json(*column)) {
        match rows.cells(column) {
            Ok(table) => return Ok(table),
            Err(refusal) => refused = refused.or(refusal),
        }
    }
    Err(refused.unwrap_or_else(|| other_table(&headers, &rows)))
}

fn csv_reader(text: &str, delimiter: u8) -> Reader<Cursor<&[u8]>> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(Cursor::new(text.as_bytes()))
}

/// The rows after the header.
struct Rows<'t> {
    text: &'t str,
    /// The byte after the header.
    start: usize,
    /// The line of the text's first byte.
    first: u64,
    delimiter: u8,
    header: &'t StringRecord,
}

impl Rows<'_> {
    /// Calls `visit` with every row and its line, or with the problem and the beginning of the row, until it returns false.
    ///
    /// An invalid row that spans several lines has an unclosed quote, or a quote that another row closes. Its other
    /// lines are read separately.
    fn each(&self, mut visit: impl FnMut(u64, Result<&StringRecord, (String, &str)>) -> bool) {
        let mut row = StringRecord::new();
        let mut lines = Lines { text: self.text, at: 0, line: self.first };
        let mut patience = self.text.len().saturating_mul(8).saturating_add(1 << 20);
        let mut reader = csv_reader(self.text, self.delimiter);
        let byte = |reader: &Reader<_>| usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let mut restart = Some(self.start);
        loop {
            // A new reader for each restart would take much longer: it builds its state machine first.
            if let Some(at) = restart.take() {
                let mut position = Position::new();
                position.set_byte(at as u64);
                if reader.seek(position).is_err() {
                    return;
                }
            }
            let from = byte(&reader);
            if !reader.read_record(&mut row).unwrap_or(false) {
                return;
            }
            let end = byte(&reader).min(self.text.len());
            // The reported start of a row may be the line end before it.
            let from = from.min(end);
            let from = from + self.text[from..end].bytes().take_while(|byte| b"\r\n".contains(byte)).count();
            let raw = &self.text[from..end];
            let line = lines.of(from);
            // Concatenated tables contain several headers.
            if row == *self.header {
                continue;
            }
            let Some(cause) = self.fault(raw, &row) else {
                if !visit(line, Ok(&row)) {
                    return;
                }
                continue;
            };
            let next = raw.trim_end().find('\n').filter(|_| patience > raw.len());
            let own = next.map_or(raw, |next| &raw[..next]);
            if !visit(line, Err((cause, own))) {
                return;
            }
            if let Some(next) = next {
                patience -= raw.len();
                restart = Some(from + next + 1);
            }
        }
    }

    /// What is wrong with a row, if anything.
    fn fault(&self, raw: &str, row: &StringRecord) -> Option<String> {
        match quoting(raw, self.delimiter) {
            Quoting::Open => return Some("unclosed quote".to_owned()),
            Quoting::Odd if raw.trim_end().contains('\n') => {
                return Some("unclosed quote on this line".to_owned());
            }
            Quoting::Odd | Quoting::Fine => {}
        }
        // One more separator than in the header means that a cell contains a separator, even if the last cell is empty.
        let cells = row.len();
        let width = self.header.len();
        (cells != width).then(|| format!("the row has {cells} cells, but the header has {width}"))
    }

    fn read(&self, container: Container, read: impl Fn(&StringRecord) -> Vec<Item<'static>>) -> Table {
        let mut table =
            Table { contents: Contents { container: Some(container), items: Vec::new() }, lines: Vec::new() };
        self.each(|line, row| {
            let mut items = match row {
                Ok(row) => read(row),
                Err((cause, raw)) => vec![Item::Broken(cause, excerpt(raw))],
            };
            table.lines.extend(items.iter().map(|_| line));
            table.contents.items.append(&mut items);
            true
        });
        table
    }

    /// The records in a column's cells. If there are none, returns an error that names what the cells contain instead.
    fn cells(&self, column: usize) -> Result<Table, Option<Refusal>> {
        let table = self.read(Container::Csv, |row| cell(row, column));
        if table.contents.has_records() || table.lines.is_empty() { Ok(table) } else { Err(specific(&table)) }
    }

    /// Whether the first non-empty cell of the column begins like JSON.
    fn begins_with_json(&self, column: usize) -> bool {
        let mut is_json = false;
        self.each(|_, row| {
            let cell = row.ok().and_then(|row| row.get(column)).map_or("", str::trim);
            is_json = cell.starts_with(['{', '[']);
            cell.is_empty()
        });
        is_json
    }

    /// The cells of the column of times.
    fn times(&self, columns: &Columns) -> Vec<String> {
        let mut times = Vec::new();
        self.each(|_, row| {
            times.extend(row.ok().map(|row| columns.time(row).to_owned()));
            true
        });
        times
    }

    /// The number of cells in each of the first rows.
    fn widths(&self) -> BTreeSet<usize> {
        let mut reader = csv_reader(&self.text[self.start..], self.delimiter);
        reader.records().take(2).flatten().map(|row| row.len()).collect()
    }
}

/// The state of the quotes in a row.
enum Quoting {
    /// Every quote is closed before a separator or the end.
    Fine,
    /// Text follows a closed quote.
    Odd,
    /// The last quote is not closed.
    Open,
}

fn quoting(raw: &str, delimiter: u8) -> Quoting {
    if memchr::memchr(b'"', raw.as_bytes()).is_none() {
        return Quoting::Fine;
    }
    let (mut begins, mut quoted, mut closed, mut is_odd) = (true, false, false, false);
    for byte in raw.bytes() {
        if quoted {
            if byte == b'"' {
                (quoted, closed) = (false, true);
            }
        } else if byte == b'"' && (begins || closed) {
            // A quote directly after a closing quote is an escaped quote.
            (quoted, closed, begins) = (true, false, false);
        } else {
            let is_end = byte == delimiter || byte == b'\n' || byte == b'\r';
            is_odd |= closed && !is_end;
            (begins, closed) = (is_end, false);
        }
    }
    match (quoted, is_odd) {
        (true, _) => Quoting::Open,
        (false, true) => Quoting::Odd,
        (false, false) => Quoting::Fine,
    }
}

/// Counts the lines of a text incrementally.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line that contains a byte. The byte must not precede the one in the previous call.
    fn of(&mut self, byte: usize) -> u64 {
        let byte = byte.max(self.at);
        self.line += newlines(&self.text[self.at..byte]);
        self.at = byte;
        self.line
    }
}

/// The records in a cell; an empty cell has none.
fn cell(row: &StringRecord, column: usize) -> Vec<Item<'static>> {
    let text = row.get(column).unwrap_or_default();
    let items = stream::read(text, 1).contents.into_owned().items;
    if items.is_empty() { vec![Item::Broken("the cell is empty".to_owned(), whole_row(row))] } else { items }
}

/// A row from a case's `events` table.
fn own_row(row: &StringRecord, names: &[&str]) -> Vec<Item<'static>> {
    let cells = names.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    // The export prefixes what a spreadsheet would treat as a formula.
    let text = |cell: &str| {
        let inner = cell.strip_prefix('\'').filter(|inner| inner.starts_with(['=', '+', '-', '@']));
        Value::String(inner.unwrap_or(cell).to_owned())
    };
    let row_of_cells: Map<String, Value> = cells.map(|(name, cell)| ((*name).to_owned(), text(cell))).collect();
    let record = own::record(&Value::Object(row_of_cells).to_string());
    vec![match record {
        Some(json) => Item::Record(json.into(), None),
        None => Item::Broken("the row does not contain an event".to_owned(), whole_row(row)),
    }]
}

fn history_row(row: &StringRecord, columns: &Columns, times: Convention) -> Vec<Item<'static>> {
    vec![match history::record(row, columns, times) {
        Ok(json) => Item::Record(json.into(), None),
        Err(cause) => Item::Broken(cause, whole_row(row)),
    }]
}

fn whole_row(row: &StringRecord) -> String {
    excerpt(&row.iter().collect::<Vec<_>>().join(","))
}

/// The format of the cells, if it is known.
fn specific(table: &Table) -> Option<Refusal> {
    table.contents.items.iter().find_map(|item| match item {
        Item::Foreign(what, _) if what.is_specific() => Some(what.clone()),
        _ => None,
    })
}

/// A table with other contents, or no table if its first lines differ in width.
fn other_table(headers: &StringRecord, rows: &Rows<'_>) -> Refusal {
    let widths = rows.widths();
    if headers.len() < 2 || widths.is_empty() || widths.iter().any(|width| *width != headers.len()) {
        return Refusal::NotData;
    }
    Refusal::ForeignCsv(headers.iter().take(NAMED_COLUMNS).map(printable).collect::<Vec<_>>().join(", "))
}

/// The most frequent separator in a header line, outside quotes.
fn separator(header: &str) -> u8 {
    let bare: String = header.split('"').step_by(2).collect();
    let count = |separator: u8| bare.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// The table without the `sep=;` line of spreadsheets, and the number of lines removed.
fn without_separator_line(text: &str) -> (&str, u64) {
    match text.split_once('\n') {
        Some((first, rest)) if first.trim().trim_matches('"').starts_with("sep=") => (rest, 1),
        _ => (text, 0),
    }
}
