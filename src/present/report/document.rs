//! A document independent of the output format: its contents, order and emphasis. Text is not escaped here; the output
//! formats do that.

use super::found::Bin;
use super::plot::Plot;
use super::words::{digits, moment};
use crate::signal::Kind;

/// The document.
#[derive(Debug)]
pub(super) struct Document {
    /// The title.
    pub(super) title: &'static str,
    /// The subject.
    pub(super) subtitle: String,
    /// What identifies the report, before its contents: the case number, the author, the recipient.
    pub(super) cover: Vec<(&'static str, Vec<Span>)>,
    /// What each printed page shows.
    pub(super) running: Running,
    /// Its parts, in order.
    pub(super) sections: Vec<Section>,
}

/// What each printed page shows, next to its number.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// The number of the investigation, if given.
    pub(super) case_number: Option<String>,
    /// The classification, and whether the report is redacted.
    pub(super) marking: Option<String>,
    /// When the report was created.
    pub(super) created: String,
}

/// One part of a document.
#[derive(Debug)]
pub(super) struct Section {
    /// The ID that links point to.
    pub(super) id: &'static str,
    /// The heading.
    pub(super) title: &'static str,
    /// The contents.
    pub(super) blocks: Vec<Block>,
}

/// One block of a section.
#[derive(Debug)]
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// A paragraph about the report itself, such as what was omitted or how to read it.
    Note(String),
    /// A heading within a section.
    Heading(String),
    /// Names with their values.
    Facts(Vec<(&'static str, Vec<Span>)>),
    /// Key figures: the count, and what is counted.
    Figures(Vec<(String, String)>),
    /// Points, the most important first.
    Points(Vec<Point>),
    /// What may have to be done, with commands.
    Actions(Vec<Action>),
    /// Rows and columns.
    Table(Table),
    /// Clicks and events over time.
    Plot(Plot),
}

/// One point: a statement and its evidence.
#[derive(Debug)]
pub(super) struct Point {
    /// Its importance.
    pub(super) tone: Tone,
    /// The statement.
    pub(super) head: String,
    /// The evidence, one sentence each.
    pub(super) items: Vec<Item>,
}

/// A sentence, and the event that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The sentence.
    pub(super) text: String,
    /// The ID of the event, or of the first of several.
    pub(super) event_id: Option<String>,
}

impl Item {
    /// A sentence about that event.
    pub(super) fn about(text: String, event_id: Option<&str>) -> Self {
        Self { text, event_id: event_id.map(str::to_owned) }
    }
}

impl From<String> for Item {
    fn from(text: String) -> Self {
        Self { text, event_id: None }
    }
}

/// Something that may have to be undone or contained.
#[derive(Debug)]
pub(super) struct Action {
    /// Its importance.
    pub(super) tone: Tone,
    /// What was done.
    pub(super) head: Item,
    /// What kind of action it is, and in which account.
    pub(super) about: String,
    /// Commands, each with its purpose.
    pub(super) commands: Vec<(&'static str, String)>,
}

/// The importance of something. The output formats do not show it by color alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// It stands out.
    Strong,
    /// It changed something.
    Firm,
    /// It is normal.
    Plain,
    /// It is unimportant.
    Faint,
}

impl Tone {
    /// The importance of a click of that kind, or of something without a kind.
    pub(super) const fn of(kind: Option<Kind>) -> Self {
        match kind {
            Some(Kind::Secret | Kind::Delete) => Self::Strong,
            Some(Kind::Create | Kind::Change | Kind::Command) => Self::Firm,
            Some(Kind::Login | Kind::Session | Kind::List | Kind::View) => Self::Plain,
            Some(Kind::Background) | None => Self::Faint,
        }
    }
}

/// Rows and columns.
#[derive(Debug)]
pub(super) struct Table {
    /// The columns.
    pub(super) head: Vec<Column>,
    /// The rows: a tone, and a cell for each column.
    pub(super) rows: Vec<(Tone, Vec<Vec<Span>>)>,
}

impl Table {
    /// A table without rows.
    pub(super) fn new<const N: usize>(head: [Column; N]) -> Self {
        Self { head: head.into(), rows: Vec::new() }
    }

    /// The table with additional rows.
    pub(super) fn with(mut self, rows: impl IntoIterator<Item = (Tone, Vec<Vec<Span>>)>) -> Self {
        self.rows.extend(rows);
        self
    }
}

/// A column: its heading, and the kind of its cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// The heading.
    pub(super) name: &'static str,
    /// The kind of its cells.
    pub(super) fit: Fit,
}

/// The layout of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// As wide as possible.
    Text,
    /// Without line breaks: times, kinds.
    Short,
    /// Right-aligned digits.
    Number,
}

/// A text column.
pub(super) const fn text(name: &'static str) -> Column {
    Column { name, fit: Fit::Text }
}

/// A column of times or single words.
pub(super) const fn short(name: &'static str) -> Column {
    Column { name, fit: Fit::Short }
}

/// A column of counts.
pub(super) const fn number(name: &'static str) -> Column {
    Column { name, fit: Fit::Number }
}

/// A piece of a cell.
#[derive(Debug)]
pub(super) enum Span {
    /// Text.
    Text(String),
    /// Emphasized text.
    Strong(String),
    /// Text on its own line.
    Line(String),
    /// Emphasized text on its own line.
    StrongLine(String),
    /// De-emphasized text on its own line.
    Aside(String),
    /// A remark after a sentence, such as the confidence or an error.
    Mark(String),
    /// Like [`Span::Aside`], with a link to the console page if the link is safe.
    Page(String, Option<String>),
    /// A path, hash or command. Not in tables, where Markdown cannot contain all of them.
    Code(String),
    /// A single word with the tone of its row.
    Label(String),
    /// An ATT&CK technique, linked to its page.
    Technique(String),
}

/// A cell with a single piece of text.
pub(super) fn cell(text: impl Into<String>) -> Vec<Span> {
    vec![Span::Text(text.into())]
}

impl Plot {
    /// The plot's data, as a table.
    pub(super) fn table(&self) -> Table {
        let head = [
            short("From (UTC)"),
            number("Pages, lists, sign-ins, shells"),
            number("Changes, secrets, commands"),
            number("Events"),
        ];
        let row = |bin: &Bin| {
            let counts = [bin.looks, bin.deeds, bin.events].map(|count| cell(digits(count)));
            (Tone::Plain, [cell(moment(bin.time))].into_iter().chain(counts).collect())
        };
        Table::new(head).with(self.bins.iter().map(row))
    }
}
