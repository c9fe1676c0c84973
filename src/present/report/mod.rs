//! A report for readers who do not use SQL: the same sentences as one self-contained HTML file, or as Markdown.

mod actors;
mod attack;
mod brief;
mod content;
mod document;
mod found;
mod handover;
mod html;
mod markdown;
mod plot;
mod remedies;
mod sections;
mod standing_out;
mod summary;
mod svg;
mod timeline;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

pub use attack::{ATTACK_VERSION, REPLACED_TECHNIQUES, current_technique, techniques};
pub use content::{Counts, Integrity, Listed, Report, ReportMetadata, ReportNote, Scope, Session, Totals};
pub use found::{
    Aspect, Bin, Bins, Call, Denied, File, Gap, Link, Named, Need, Network, NotableAction, Pattern, Remedy, Seen,
    Shown, SigmaRule, SigmaSearch, SignIn, Taken, Technique, Thing,
};
pub use remedies::remedy_commands;

use super::table::shorten;
use document::Document;
use maud::PreEscaped;
pub(super) use words::size;

/// The maximum number of characters in one text, so that an excessively long name does not fill a page.
const LONGEST: usize = 2000;

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One HTML file without scripts, which loads nothing.
    Html,
    /// GitHub-flavored Markdown.
    Markdown,
}

/// Writes a report in that form.
///
/// # Errors
/// If the writer fails.
pub fn write(out: &mut impl Write, report: &Report, form: Form) -> io::Result<()> {
    let document = document(report);
    match form {
        Form::Html => html::write(out, &document, &BTreeMap::new()),
        Form::Markdown => markdown::write(out, &document),
    }
}

/// Writes a report as HTML for printing. `pages` contains the page number on which each section begins, by section ID, for
/// the table of contents.
///
/// # Errors
/// If the writer fails.
pub fn write_numbered(out: &mut impl Write, report: &Report, pages: &BTreeMap<String, usize>) -> io::Result<()> {
    html::write(out, &document(report), pages)
}

fn document(report: &Report) -> Document {
    let mut sections = vec![
        brief::brief(report),
        summary::scope(report),
        summary::summary(report),
        actors::actors(report),
        remedies::remedies(report),
        timeline::over_time(report),
        timeline::timeline(report),
        sections::things(report),
        sections::techniques(report),
    ];
    sections.extend(sections::sigma(report));
    sections.extend(handover::notes(report));
    sections.extend([handover::method(), sections::coverage(report), sections::making(report), handover::glossary()]);
    Document {
        title: "Activity in AWS: console and API",
        subtitle: summary::subtitle(report),
        cover: summary::cover(report),
        running: summary::running(report),
        sections,
    }
}

/// Text from logs, escaped for an element or a quoted attribute.
fn html_text(text: &str) -> PreEscaped<String> {
    PreEscaped(super::escape::html(&cut(text)).into_owned())
}

/// The text, shortened to the maximum length.
fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST { Cow::Borrowed(text) } else { Cow::Owned(shorten(text, LONGEST)) }
}
