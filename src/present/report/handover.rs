//! Context for readers who were not involved: the notes of analysts, the method, and the glossary.

use super::content::{Report, ReportNote};
use super::document::{Block, Section, Span, Table, Tone, cell, short, text};
use super::words::moment;

/// The notes of analysts; `None` if there are none.
pub(super) fn notes(report: &Report) -> Option<Section> {
    let notes = &report.making.notes;
    if notes.is_empty() {
        return None;
    }
    let lead = "Stars, tags and comments of the analysts, by the time of what they are about. They are opinions, not evidence.";
    let head = [short("Time, UTC"), text("About"), text("Note")];
    let table = Table::new(head).with(notes.iter().map(note));
    Some(Section {
        id: "notes",
        title: "Notes of the analysts",
        blocks: vec![Block::Note(lead.to_owned()), Block::Table(table)],
    })
}

fn note(note: &ReportNote) -> (Tone, Vec<Vec<Span>>) {
    let about = [Span::Text(note.about.clone())].into_iter().chain(note.principal.clone().map(Span::Aside)).collect();
    let tone = if note.starred { Tone::Firm } else { Tone::Plain };
    (tone, vec![cell(note.time.map(moment).unwrap_or_default()), about, cell(note.said.clone())])
}

/// The method and its limits.
pub(super) fn method() -> Section {
    let steps = [
        "Every record of the loaded files was read. Records that could not be read are counted as rejected; copies of one event \
         are kept once.",
        "Events are grouped into sessions: one identity with credentials issued at one moment.",
        "In sessions of the AWS console, the calls of each page were matched against a catalog of recorded pages. The result is \
         a click with its events and a confidence. Calls that no page explains are shown as such.",
        "Calls of programs are shown as CloudTrail recorded them. A table of calls describes what each did, and why it can matter.",
        "An event stands out if its call belongs to one of the classes that this report lists. This shows where to look. It does \
         not show intent.",
    ];
    let limits = [
        "CloudTrail does not record what a read returned, data events only where they were enabled, and nothing while a trail was \
         stopped. What is absent from the trail is absent from this report.",
        "An identity in the trail is a set of credentials, not a person.",
        "Addresses can be those of proxies, VPNs and AWS services.",
    ];
    let points = |texts: &[&str]| {
        Block::Table(
            Table::new([short("No."), text("")]).with(
                texts
                    .iter()
                    .enumerate()
                    .map(|(number, text)| (Tone::Plain, vec![cell((number + 1).to_string()), cell(*text)])),
            ),
        )
    };
    Section {
        id: "method",
        title: "Method and limits",
        blocks: vec![
            Block::Heading("Method".to_owned()),
            points(&steps),
            Block::Heading("Limits".to_owned()),
            points(&limits),
        ],
    }
}

/// The glossary.
pub(super) fn glossary() -> Section {
    let words = [
        ("attempt", "An event that stands out, and was denied or failed."),
        ("click", "One action of a person in the AWS console, with the events that it produced."),
        ("confidence", "The probability that a click was identified correctly, from 0 to 1."),
        ("event", "One record of CloudTrail: one call of one identity."),
        ("finding", "An event that stands out, and succeeded."),
        ("identity", "The user, role or service whose credentials were used, as CloudTrail names it; also: principal."),
        ("MFA", "Multi-factor authentication: a second proof of identity in addition to the password."),
        (
            "program",
            "Everything that calls AWS other than the console: command line, scripts, infrastructure tools, services.",
        ),
        ("session", "The events of one identity with credentials issued at one moment."),
        ("technique", "An entry of MITRE ATT&CK, a public list of what attackers do."),
        ("trail", "The log that CloudTrail writes; also its configuration."),
    ];
    let table = Table::new([short("Word"), text("Meaning")])
        .with(words.iter().map(|(word, meaning)| (Tone::Plain, vec![cell(*word), cell(*meaning)])));
    Section { id: "glossary", title: "Glossary", blocks: vec![Block::Table(table)] }
}
