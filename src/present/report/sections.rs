//! What was touched, which techniques it shows, how far to trust it, and how it was made.

use super::attack;
use super::content::{Counts, Report};
use super::document::{Block, Section, Span, Table, Tone, cell, number, short, text};
use super::found::{Call, File, Seen, Shown, Technique, Thing};
use super::words::{count, digits, joined, left_out, moment, sentence, share};
use crate::present::quote;

/// The things that were touched, and those that were on a screen.
pub(super) fn things(report: &Report) -> Section {
    let mut blocks = Vec::new();
    if !report.things.rows.is_empty() {
        let lead = "Touched is what a click changed, made or took the secret of, or tried to.";
        let head = [text("Thing"), short("What"), short("Reached"), text("By"), number("Clicks"), short("First, UTC")];
        blocks.push(Block::Heading("Touched".to_owned()));
        blocks.push(Block::Note(lead.to_owned()));
        blocks.push(Block::Table(Table::new(head).with(report.things.rows.iter().map(thing))));
        let all = "The view entity_sightings has all.";
        blocks.extend(left_out(&report.things, "things", all).map(Block::Note));
    }
    if report.seen.is_empty() {
        blocks.push(Block::Text("Nothing else that has a name was on a screen.".to_owned()));
    } else {
        let head = [short("What"), number("Things"), text("Which")];
        blocks.push(Block::Heading("Seen, and no more".to_owned()));
        blocks.push(Block::Table(Table::new(head).with(report.seen.iter().map(seen))));
    }
    Section { id: "things", title: "Things touched and seen", blocks }
}

fn thing(thing: &Thing) -> (Tone, Vec<Vec<Span>>) {
    let reached = if thing.touched { "touched" } else { "tried" };
    let cells = vec![
        vec![Span::Strong(thing.entity_value.clone())],
        cell(thing.entity_type.replace('_', " ")),
        vec![Span::Label(reached.to_owned()), Span::Aside(thing.furthest.as_str().to_owned())],
        cell(joined(&thing.principals)),
        cell(digits(thing.sightings)),
        cell(moment(thing.first_time)),
    ];
    (if thing.touched { Tone::of(Some(thing.furthest)) } else { Tone::Plain }, cells)
}

fn seen(seen: &Seen) -> (Tone, Vec<Vec<Span>>) {
    let more = seen.things.saturating_sub(seen.named.len() as u64);
    let named = seen.named.join(", ");
    let named = if more > 0 { format!("{named} and {} more", digits(more)) } else { named };
    (Tone::Plain, vec![cell(seen.entity_type.replace('_', " ")), cell(digits(seen.things)), cell(named)])
}

/// The techniques of ATT&CK that clicks show.
pub(super) fn techniques(report: &Report) -> Section {
    let mut blocks = Vec::new();
    if report.techniques.is_empty() {
        blocks.push(Block::Text("No click shows a technique.".to_owned()));
    } else {
        let lead = "A technique is what a click can be used for. Upkeep uses the same pages: that it is listed does not say \
            that it was meant so.";
        let head = [text("Technique"), number("Clicks"), text("Shown by, UTC")];
        let several = report.totals.principals > 1;
        blocks.push(Block::Note(lead.to_owned()));
        blocks
            .push(Block::Table(Table::new(head).with(report.techniques.iter().map(|shown| technique(shown, several)))));
    }
    Section { id: "techniques", title: "ATT&CK techniques", blocks }
}

/// A technique, with the names of those who clicked, if there are several.
fn technique(technique: &Technique, several: bool) -> (Tone, Vec<Vec<Span>>) {
    let name = attack::name(&technique.technique).unwrap_or("unknown to this report");
    let click = |click: &Shown| Span::Line(sentence(click.time, click.principal.as_deref(), several, &click.what));
    let mut shown: Vec<Span> = technique.shown.iter().map(click).collect();
    let more = technique.clicks.saturating_sub(technique.shown.len() as u64);
    shown.extend((more > 0).then(|| Span::Aside(format!("and {} more", digits(more)))));
    let failed = (technique.failed > 0).then(|| Span::Aside(format!("{} failed", digits(technique.failed))));
    let clicks = [Span::Text(digits(technique.clicks))].into_iter().chain(failed).collect();
    let named = vec![Span::Technique(technique.technique.clone()), Span::Aside(name.to_owned())];
    (Tone::Plain, vec![named, clicks, shown])
}

/// How far the report is to be trusted.
pub(super) fn coverage(report: &Report) -> Section {
    let counts = &report.totals.counts;
    let console = counts.console_events();
    let lead = format!(
        "Of {} of the console, {} ({}) are explained by a click or by the console's own doing, and {} are not.",
        count(console, "event", "events"),
        digits(counts.explained()),
        share(counts.explained(), console),
        digits(counts.unexplained),
    );
    let head = [text("Explained"), number("Events"), number("Share"), text("How far to trust it")];
    let mut blocks = vec![Block::Text(lead), Block::Table(Table::new(head).with(trust(counts)))];
    blocks.push(Block::Note(others(counts)));
    if !report.unexplained.rows.is_empty() {
        let head = [text("Unexplained call"), number("Events"), number("Sessions"), short("First, UTC")];
        blocks.push(Block::Heading("Not explained".to_owned()));
        blocks.push(Block::Table(Table::new(head).with(report.unexplained.rows.iter().map(call))));
        blocks.extend(left_out(&report.unexplained, "calls", "The view residual has all.").map(Block::Note));
    }
    Section { id: "coverage", title: "How far to trust it", blocks }
}

fn trust(counts: &Counts) -> Vec<(Tone, Vec<Vec<Span>>)> {
    let rows = [
        ("to the letter", counts.letter, "Every call that the page makes is there, in a shape that is known."),
        (
            "by likeness",
            counts.likeness,
            "The likeliest page; its lines in the timeline say how sure it is, 1 being certain.",
        ),
        ("by the calls alone", counts.generic, "No page is known; what was called is told as it was called."),
        ("as background", counts.background, "The console asked by itself; nobody clicked."),
        (
            "not at all",
            counts.unexplained,
            "Nothing is known that makes these calls. They stand in the timeline as residual.",
        ),
    ];
    let console = counts.console_events();
    let row = |(how, events, trust): (&str, u64, &str)| {
        (Tone::Plain, vec![cell(how), cell(digits(events)), cell(share(events, console)), cell(trust)])
    };
    rows.map(row).into()
}

fn others(counts: &Counts) -> String {
    let rest = counts.events.saturating_sub(counts.console_events() + counts.typed);
    format!(
        "Not the console's, and so not counted here: {} of typed commands, and {} of services and others. A page that \
         called nothing, or that came from the browser's cache, left nothing to find.",
        count(counts.typed, "event", "events"),
        count(rest, "event", "events"),
    )
}

fn call(call: &Call) -> (Tone, Vec<Vec<Span>>) {
    let cells = [call.event_key.clone(), digits(call.events), digits(call.sessions), moment(call.first_time)];
    (Tone::Plain, cells.map(cell).into())
}

/// How the report was made, so that somebody else can make it again.
pub(super) fn making(report: &Report) -> Section {
    let making = &report.making;
    let fact = |key: &str| cell(making.case.get(key).map_or("unknown", String::as_str));
    let command: Vec<String> = making.command.iter().map(|word| quote::shell(word)).collect();
    let facts = vec![
        ("Made", cell(format!("{} UTC by cartographer {}", moment(making.at), making.version))),
        ("Command", vec![Span::Code(command.join(" "))]),
        ("Case mapped by", fact("tool_version")),
        ("Rules", fact("rules_version")),
        ("Schema", fact("schema_version")),
        ("DuckDB", fact("duckdb_version")),
        ("Records rejected", cell(digits(report.totals.rejects))),
    ];
    let head = [text("File"), number("Bytes"), number("Events here")];
    let files = Table::new(head).with(report.files.rows.iter().map(file));
    let mut blocks = vec![Block::Facts(facts), Block::Heading("Files".to_owned()), Block::Table(files)];
    blocks.extend(left_out(&report.files, "files", "The table load_files has all.").map(Block::Note));
    Section { id: "making", title: "How it was made", blocks }
}

fn file(file: &File) -> (Tone, Vec<Vec<Span>>) {
    let hash = file.sha256.as_ref().map_or_else(|| "could not be read".to_owned(), |hash| format!("SHA-256 {hash}"));
    let refused = file.refused.then(|| Span::Aside("refused: not CloudTrail".to_owned()));
    let name = [Span::Text(file.file.clone()), Span::Aside(hash)].into_iter().chain(refused).collect();
    (Tone::Plain, vec![name, cell(digits(file.bytes)), cell(digits(file.events))])
}
