//! Reads a text that consists of JSON values: a single value, one value per line, or values concatenated in any layout.

use super::{next_record, value};
use crate::read::container::Container;
use crate::read::contents::Contents;
use crate::read::scan;

/// The items in a text that consists of values, and their lines.
#[derive(Debug)]
pub(in crate::read) struct Stream<'t> {
    pub(in crate::read) contents: Contents<'t>,
    /// Whether there are several values, each on its own line.
    pub(in crate::read) is_lines: bool,
    /// For each value: the number of items before it, and the line on which it begins, from 1.
    starts: Vec<(usize, u64)>,
}

impl Stream<'_> {
    /// The position of every item, starting at 1: its line if every value is on its own line, otherwise its number.
    pub(in crate::read) fn positions(&self) -> Vec<u64> {
        let count = self.contents.items.len();
        if !self.is_lines {
            return (1..).take(count).collect();
        }
        let ends = self.starts.iter().skip(1).map(|(first, _)| *first).chain([count]);
        self.starts.iter().zip(ends).flat_map(|((first, line), end)| (*first..end).map(|_| *line)).collect()
    }
}

/// Reads every value in `text`. After a damaged value, continues at the next line that begins with a bracket.
pub(in crate::read) fn read(text: &str, depth: usize) -> Stream<'_> {
    let mut reader =
        Reader { text, depth, at: 0, line: 1, patience: text.len().saturating_mul(4), tally: Tally::new() };
    let mut stream = Stream { contents: Contents::default(), is_lines: false, starts: Vec::new() };
    while reader.seek() {
        stream.starts.push((stream.contents.items.len(), reader.line));
        reader.next(&mut stream.contents);
    }
    stream.is_lines = reader.tally.is_lines();
    if stream.contents.container == Some(Container::Object) && stream.starts.len() > 1 {
        let several = if stream.is_lines { Container::JsonLines } else { Container::Concatenated };
        stream.contents.container = Some(several);
    }
    stream
}

/// Counts values and lines.
struct Tally {
    values: usize,
    last_line: u64,
    apart: bool,
}

impl Tally {
    const fn new() -> Self {
        Self { values: 0, last_line: 0, apart: true }
    }

    fn add(&mut self, first: u64, last: u64) {
        self.apart &= first == last && first > self.last_line;
        self.values += 1;
        self.last_line = last;
    }

    const fn is_lines(&self) -> bool {
        self.values > 1 && self.apart
    }
}

struct Reader<'t> {
    text: &'t str,
    depth: usize,
    at: usize,
    line: u64,
    /// Bytes that may still be read without finding a record. Without this limit, a text full of unclosed brackets
    /// would be read once for each of its lines.
    patience: usize,
    tally: Tally,
}

impl<'t> Reader<'t> {
    /// Skips whitespace and stray commas to the next value; returns false at the end.
    fn seek(&mut self) -> bool {
        let mut end = self.at;
        loop {
            end = scan::skip_gap(self.text, end);
            match self.text.as_bytes().get(end) {
                Some(b',' | 0x1e) => end += 1,
                _ => break,
            }
        }
        self.advance(end);
        self.at < self.text.len()
    }

    fn advance(&mut self, end: usize) {
        self.line += scan::newlines(&self.text[self.at..end]);
        self.at = end;
    }

    fn next(&mut self, contents: &mut Contents<'t>) {
        let (start, line) = (self.at, self.line);
        let limit = if self.patience == 0 { self.line_end() } else { self.text.len() };
        match value(&self.text[..limit], start, self.depth, contents) {
            Ok(end) => {
                self.advance(end);
                self.tally.add(line, self.line);
            }
            Err(damage) => {
                self.patience = self.patience.saturating_sub(damage.scanned);
                if !scan::spend(damage.scanned) {
                    self.patience = 0;
                }
                let line = scan::next_value_line(self.text, start);
                if let Some(next) = next_record(self.text, start + 1, line, self.depth, &mut self.patience) {
                    contents.skipped(&damage.cause, &self.text[start..next]);
                    self.advance(next);
                } else {
                    contents.broken(damage.cause, &self.text[start..line]);
                    self.advance(line);
                }
            }
        }
    }

    fn line_end(&self) -> usize {
        self.text[self.at..].find('\n').map_or(self.text.len(), |index| self.at + index)
    }
}
