//! Log lines with text before or around the record: CloudWatch Logs exported to S3, `aws logs tail`, syslog, `--output
//! text`.

use super::stream;
use super::value;
use crate::read::container::Container;
use crate::read::contents::Contents;
use crate::read::literals;
use crate::read::packed;
use crate::read::scan::{self, Damage};

/// Prefixes of `--output text` lines without a record, which belong to the previous record.
const BESIDE: [&str; 3] = ["RESOURCES\t", "SEARCHEDLOGSTREAMS\t", "NEXTTOKEN\t"];

/// The items in the lines, and each item's line.
pub(in crate::read) struct Lines<'t> {
    pub(in crate::read) contents: Contents<'t>,
    pub(in crate::read) lines: Vec<u64>,
}

/// Reads the records in a text's lines; `None` unless a line contains a record after other text.
pub(in crate::read) fn read(text: &str, depth: usize) -> Option<Lines<'_>> {
    let mut lines = Lines { contents: Contents::default(), lines: Vec::new() };
    let (mut at, mut number) = (0, 1);
    let mut search = Search { text, depth, is_prefixed: false, patience: super::patience(text.len()) };
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        let before = lines.contents.items.len();
        let line = &text[at..end];
        // A record may span several lines after its prefix.
        let after = search.line(at, end, &mut lines.contents);
        let is_beside = line.trim().is_empty() || BESIDE.iter().any(|start| line.starts_with(start));
        if lines.contents.items.len() == before && !is_beside {
            lines.contents.broken("no CloudTrail record in the line".to_owned(), line);
        }
        lines.lines.resize(lines.contents.items.len(), number);
        let next = text[after.max(end)..].find('\n').map_or(text.len(), |end_of| after.max(end) + end_of + 1);
        number += scan::newlines(&text[at..next]);
        at = next;
    }
    lines.contents.container = Some(Container::PrefixedLines);
    search.is_prefixed.then_some(lines)
}

/// A search for records in lines.
struct Search<'t> {
    text: &'t str,
    depth: usize,
    /// Whether a record followed other text.
    is_prefixed: bool,
    /// Bytes that may still be read without finding a record.
    patience: usize,
}

impl<'t> Search<'t> {
    /// The records that begin in the line, and the byte after the last of them.
    fn line(&mut self, start: usize, end: usize, contents: &mut Contents<'t>) -> usize {
        let text = self.text;
        let (mut at, mut since) = (start, start);
        while let Some(open) = text.get(at..end).and_then(|rest| rest.find('{')).map(|open| at + open) {
            if self.patience == 0 {
                return end;
            }
            match self.object(open, contents) {
                Ok((mut records, after)) => {
                    at = after;
                    if records.has_records() {
                        self.is_prefixed |= !text[start..open].trim().is_empty();
                        if is_part(&text[since..open]) {
                            contents.skipped("the beginning of a record is missing", &text[since..open]);
                        }
                        contents.items.append(&mut records.items);
                        since = after;
                    }
                }
                Err(damage) => {
                    self.patience = self.patience.saturating_sub(damage.scanned);
                    if !scan::spend(damage.scanned + (end - open)) {
                        self.patience = 0;
                    }
                    if super::is_begun(&text[open..end]) {
                        self.is_prefixed |= !text[start..open].trim().is_empty();
                        contents.broken(damage.cause, &text[open..end]);
                        return end;
                    }
                    at = open + 1;
                }
            }
        }
        if !text[start..end].contains('{') {
            self.packed(&text[start..end], contents);
        }
        at
    }

    /// The items of the object that opens at `open`, and the offset after it.
    fn object(&mut self, open: usize, contents: &Contents<'t>) -> Result<(Contents<'t>, usize), Damage> {
        let text = self.text;
        let mut inner = Contents::default();
        let damage = match value(text, open, self.depth, &mut inner) {
            Ok(after) => return Ok((inner, after)),
            Err(damage) => damage,
        };
        // A program may have written the record as a string, or as a literal in its language.
        let foreign = match text.as_bytes().get(open + 1) {
            Some(b'\\') if text[..open].ends_with('"') => scan::value::<String>(text, open - 1).ok(),
            Some(b'\'') => literals::python(text, open).map(|(value, after)| (value.to_string(), after)),
            _ => None,
        };
        let Some((json, after)) = foreign else { return Err(damage) };
        let inner = stream::read(&json, self.depth + 1).contents.into_owned();
        self.is_prefixed |= inner.has_records() && contents.items.is_empty();
        Ok((inner, after))
    }

    /// Base64-encoded records in the words of a line.
    fn packed(&mut self, line: &str, contents: &mut Contents<'_>) {
        for word in line.split([' ', '\t', ',', '"']) {
            if let Some(text) = packed::text(word) {
                let mut inner = stream::read(&text, self.depth + 1).contents.into_owned();
                self.is_prefixed |= inner.has_records();
                contents.items.append(&mut inner.items);
            }
        }
    }
}

/// Whether text without an object is part of a record whose beginning is missing.
fn is_part(text: &str) -> bool {
    let names = ["\"eventTime\":", "\"eventSource\":", "\"eventName\":", "\"eventID\":", "\"awsRegion\":"];
    text.contains('"') && names.iter().filter(|name| text.contains(*name)).count() > 1
}
