//! A document without a form: what is said, in which order, and how much it matters. Texts are as the logs have them; the
//! forms escape them.

use super::found::Bin;
use super::plot::Plot;
use super::words::{digits, moment};
use crate::signal::Kind;

/// Everything that is said.
#[derive(Debug)]
pub(super) struct Document {
    /// What the document is.
    pub(super) title: &'static str,
    /// What it is about.
    pub(super) subtitle: String,
    /// Its parts, in order.
    pub(super) sections: Vec<Section>,
}

/// One part of a document.
#[derive(Debug)]
pub(super) struct Section {
    /// The name that links lead to.
    pub(super) id: &'static str,
    /// The heading.
    pub(super) title: &'static str,
    /// What it says.
    pub(super) blocks: Vec<Block>,
}

/// One thing that is said.
#[derive(Debug)]
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// A paragraph about the report itself: what was left out, how to read it.
    Note(String),
    /// A heading within a part.
    Heading(String),
    /// Names with their values.
    Facts(Vec<(&'static str, Vec<Span>)>),
    /// Counts to see at a glance: the count, and of what it is.
    Figures(Vec<(String, String)>),
    /// Points, the weightiest first.
    Points(Vec<Point>),
    /// Rows and columns.
    Table(Table),
    /// Clicks and events over time.
    Plot(Plot),
}

/// One point: a statement, and what shows it.
#[derive(Debug)]
pub(super) struct Point {
    /// How much it matters.
    pub(super) tone: Tone,
    /// The statement.
    pub(super) head: String,
    /// What shows it, a sentence each.
    pub(super) items: Vec<String>,
}

/// How much something matters; the forms show it by more than color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// It stands out.
    Strong,
    /// It changed something.
    Firm,
    /// It is as usual.
    Plain,
    /// It hardly matters.
    Faint,
}

impl Tone {
    /// As weighty as a click of that kind, or as what has none.
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

    /// The table with a row more for each of these.
    pub(super) fn with(mut self, rows: impl IntoIterator<Item = (Tone, Vec<Vec<Span>>)>) -> Self {
        self.rows.extend(rows);
        self
    }
}

/// A column: its heading, and what its cells are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// The heading.
    pub(super) name: &'static str,
    /// What its cells are.
    pub(super) fit: Fit,
}

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// As much room as there is.
    Text,
    /// No line is broken: moments, kinds.
    Short,
    /// Digits under each other.
    Number,
}

/// A column of texts.
pub(super) const fn text(name: &'static str) -> Column {
    Column { name, fit: Fit::Text }
}

/// A column of moments or single words.
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
    /// Text that stands out.
    Strong(String),
    /// Text on a line of its own.
    Line(String),
    /// Text that stands out, on a line of its own.
    StrongLine(String),
    /// Text that stands back, on a line of its own.
    Aside(String),
    /// A remark behind a sentence: a doubt, an error.
    Mark(String),
    /// As [`Span::Aside`], and leads to the page of the console if it can be trusted to.
    Page(String, Option<String>),
    /// An id, hash or command.
    Code(String),
    /// A single word with the tone of its row.
    Label(String),
    /// A technique of ATT&CK, which leads to its page.
    Technique(String),
}

/// A cell of one text.
pub(super) fn cell(text: impl Into<String>) -> Vec<Span> {
    vec![Span::Text(text.into())]
}

impl Plot {
    /// The same, as a table.
    pub(super) fn table(&self) -> Table {
        let head = [
            short("From, UTC"),
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
