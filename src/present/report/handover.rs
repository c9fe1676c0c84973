//! Context for readers who were not involved: the analysts' notes, the method, and the glossary.

use super::content::{Report, ReportNote};
use super::document::{Block, Section, Span, Table, Tone, cell, short, text};
use super::words::moment;

/// The analysts' notes; `None` if there are none.
pub(super) fn notes(report: &Report) -> Option<Section> {
    let notes = &report.making.notes;
    if notes.is_empty() {
        return None;
    }
    let lead = "The analysts' stars, tags and comments, in the order of the activity they refer to. They are opinions, \
        not evidence.";
    let head = [short("Time (UTC)"), text("About"), text("Note")];
    let table = Table::new(head).with(notes.iter().map(note));
    Some(Section {
        id: "notes",
        title: "Analysts' notes",
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
        "Every record in the loaded files was processed. Records that could not be read are counted as rejected; duplicates of \
         an event are stored once.",
        "Events are grouped into sessions. A session is one identity using credentials issued at the same time.",
        "In AWS console sessions, the calls made by each page were matched against a catalog of recorded pages. Each match is \
         a click with its events and a confidence. Calls that no page explains are shown as such.",
        "Calls made by programs are shown as CloudTrail recorded them. A table of calls describes what each call does and \
         why it can matter.",
        "An event stands out if its call belongs to one of the classes that this report lists. Such events show where to \
         look; they do not show intent.",
    ];
    let limits = [
        "CloudTrail does not record what a read returned. It records data events only where they were enabled, and nothing while \
         a trail was stopped. Anything missing from the trail is also missing from this report.",
        "An identity in the trail is a set of credentials, not a person.",
        "Addresses can belong to proxies, VPNs or AWS services.",
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
        ("attempt", "An event that stands out and was denied or failed."),
        ("click", "One action by a person in the AWS console, with the events that it produced."),
        ("confidence", "The probability that a click was identified correctly, from 0 to 1."),
        ("event", "One CloudTrail record: one call by one identity."),
        ("finding", "An event that stands out and succeeded."),
        (
            "identity",
            "The user, role or service whose credentials were used, as CloudTrail names it. Also called principal.",
        ),
        ("MFA", "Multi-factor authentication: a second proof of identity in addition to the password."),
        (
            "program",
            "Anything other than the console that calls AWS: command-line tools, scripts, infrastructure tools and services.",
        ),
        ("session", "The events of one identity using credentials issued at the same time."),
        ("technique", "An entry in MITRE ATT&CK, a public catalog of attacker behavior."),
        (
            "trail",
            "The log that CloudTrail delivers. Also the configuration that says which events it records and where it delivers them.",
        ),
    ];
    let table = Table::new([short("Term"), text("Meaning")])
        .with(words.iter().map(|(word, meaning)| (Tone::Plain, vec![cell(*word), cell(*meaning)])));
    Section { id: "glossary", title: "Glossary", blocks: vec![Block::Table(table)] }
}
