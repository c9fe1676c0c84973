//! The sections on touched resources, techniques, reliability, and how the report was created.

use std::collections::BTreeMap;

use serde_json::Value;

use super::attack;
use super::content::{Counts, Integrity, Report, Totals};
use super::document::{Block, Section, Span, Table, Tone, cell, number, short, text};
use super::found::{Call, File, Seen, Shown, SigmaRule, SigmaSearch, Technique, Thing};
use super::words::{count, digits, joined, left_out, moment, objects, sentence, share};
use crate::present::quote;
use crate::signal::Kind;

/// The resources that were touched, and those that were shown on a page.
pub(super) fn things(report: &Report) -> Section {
    let mut blocks = Vec::new();
    if !report.things.rows.is_empty() {
        let lead = "Resources that a click or an API call created or changed, from which a secret was retrieved, or from which \
            objects were downloaded according to data events, including failed attempts.";
        let head = [
            text("Resource"),
            short("Type"),
            short("Access"),
            text("By"),
            number("Clicks, calls"),
            short("First (UTC)"),
        ];
        blocks.push(Block::Heading("Touched".to_owned()));
        blocks.push(Block::Note(lead.to_owned()));
        blocks
            .push(Block::Table(Table::new(head).with(alike(&report.things.rows).iter().map(|same| things_row(same)))));
        let all = "For analysts: the entity_sightings view lists all of them.";
        blocks.extend(left_out(&report.things, "resources", all).map(Block::Note));
    }
    if report.seen.is_empty() {
        blocks.push(Block::Text("No other named resources were shown on a page.".to_owned()));
    } else {
        let head = [short("Type"), number("Count"), text("Names")];
        blocks.push(Block::Heading("Only seen".to_owned()));
        blocks.push(Block::Table(Table::new(head).with(report.seen.iter().map(seen))));
    }
    Section { id: "things", title: "Resources touched and seen", blocks }
}

/// The maximum number of similar resources that have separate rows. If there are more, they share a row.
const ALIKE: usize = 5;
/// The number of resources that are named in a shared row.
const NAMED: usize = 4;

/// The resources of each row, in the order of the first of them: resources of one type with the same activity by the same
/// identities share a row if there are many.
fn alike(things: &[Thing]) -> Vec<Vec<&Thing>> {
    let key = |thing: &Thing| {
        let furthest = thing.furthest.map(Kind::as_str);
        (thing.entity_type.clone(), thing.touched, furthest, thing.objects, thing.principals.clone())
    };
    let mut groups: Vec<(_, Vec<&Thing>)> = Vec::new();
    let mut places = BTreeMap::new();
    for thing in things {
        let place = *places.entry(key(thing)).or_insert_with(|| {
            groups.push((key(thing), Vec::new()));
            groups.len() - 1
        });
        if let Some((_, same)) = groups.get_mut(place) {
            same.push(thing);
        }
    }
    let rows = |(_, same): (_, Vec<_>)| {
        if same.len() > ALIKE { vec![same] } else { same.into_iter().map(|one| vec![one]).collect() }
    };
    groups.into_iter().flat_map(rows).collect()
}

fn things_row(same: &[&Thing]) -> (Tone, Vec<Vec<Span>>) {
    let Some(thing) = same.first() else { return (Tone::Plain, Vec::new()) };
    let reached = match (thing.touched, thing.furthest) {
        (true, Some(_)) => "touched",
        (true, None) => "downloaded",
        (false, _) => "tried",
    };
    let downloads = thing.objects.map(|number| {
        let text = objects(number, thing.bytes_out);
        Span::Aside(if thing.furthest.is_some() { format!("{text} downloaded") } else { text })
    });
    let furthest = thing.furthest.map(|kind| Span::Aside(kind.as_str().to_owned()));
    let mut named: Vec<Span> =
        same.iter().take(NAMED).map(|each| Span::StrongLine(each.entity_value.clone())).collect();
    let more = same.len().saturating_sub(NAMED) as u64;
    named.extend((more > 0).then(|| Span::Aside(format!("and {} more", digits(more)))));
    let first = same.iter().map(|each| each.first_time).min().unwrap_or(thing.first_time);
    let cells = vec![
        named,
        cell(thing.entity_type.replace('_', " ")),
        [Span::Label(reached.to_owned())].into_iter().chain(furthest).chain(downloads).collect(),
        cell(joined(&thing.principals)),
        cell(digits(same.iter().map(|each| each.sightings).sum())),
        cell(moment(first)),
    ];
    let tone = match (thing.touched, thing.furthest) {
        (false, _) => Tone::Plain,
        (true, _) if thing.by_made_credential => Tone::Strong,
        (true, None) => Tone::Firm,
        (true, kind) => Tone::of(kind),
    };
    (tone, cells)
}

fn seen(seen: &Seen) -> (Tone, Vec<Vec<Span>>) {
    let more = seen.things.saturating_sub(seen.named.len() as u64);
    let named = seen.named.join(", ");
    let named = if more > 0 { format!("{named} and {} more", digits(more)) } else { named };
    (Tone::Plain, vec![cell(seen.entity_type.replace('_', " ")), cell(digits(seen.things)), cell(named)])
}

/// The ATT&CK techniques that match clicks and calls.
pub(super) fn techniques(report: &Report) -> Section {
    let mut blocks = Vec::new();
    if report.techniques.is_empty() {
        blocks.push(Block::Text("No click or call matches a technique.".to_owned()));
    } else {
        let lead = "A technique describes what a click or call can be used for. Routine administration uses the same techniques, \
            so a technique in this list does not imply an attack.";
        let head = [text("Technique"), number("Clicks, calls"), text("Activity (UTC)")];
        let several = report.totals.principals > 1;
        blocks.push(Block::Note(lead.to_owned()));
        blocks
            .push(Block::Table(Table::new(head).with(report.techniques.iter().map(|shown| technique(shown, several)))));
    }
    Section { id: "techniques", title: "ATT&CK techniques", blocks }
}

/// A technique, with the principals' names if there are several.
fn technique(technique: &Technique, several: bool) -> (Tone, Vec<Vec<Span>>) {
    let name = attack::name(&technique.technique).unwrap_or("unknown technique");
    let click = |click: &Shown| Span::Line(sentence(click.time, click.principal.as_deref(), several, &click.what));
    let mut shown: Vec<Span> = technique.shown.iter().map(click).collect();
    let more = technique.clicks.saturating_sub(technique.shown.len() as u64);
    shown.extend((more > 0).then(|| Span::Aside(format!("and {} more", digits(more)))));
    let failed = (technique.failed > 0).then(|| Span::Aside(format!("{} failed", digits(technique.failed))));
    let clicks = [Span::Text(digits(technique.clicks))].into_iter().chain(failed).collect();
    let named = vec![Span::Technique(technique.technique.clone()), Span::Aside(name.to_owned())];
    (Tone::Plain, vec![named, clicks, shown])
}

/// The saved hits of Sigma rules; no section if no rules were run.
pub(super) fn sigma(report: &Report) -> Option<Section> {
    let SigmaSearch { search, later_events } = report.sigma_search.as_ref()?;
    let mut lead = vec![format!(
        "{} run on {} at {} UTC.",
        count(search.rules, "Sigma rule was", "Sigma rules were"),
        count(search.events, "event", "events"),
        search.searched_at.trim_end_matches('Z').replace('T', " ")
    )];
    if search.not_converted > 0 {
        let more = search.not_converted;
        let were = if more == 1 { "was" } else { "were" };
        lead.push(format!("{} could not be converted and {were} not run.", count(more, "more rule", "more rules")));
    }
    match later_events {
        0 => {}
        1 => lead.push("1 event was loaded later and was not searched.".to_owned()),
        more => lead.push(format!("{} events were loaded later and were not searched.", digits(*more))),
    }
    let mut blocks = vec![Block::Note(lead.join(" "))];
    if report.sigma.rows.is_empty() {
        blocks.push(Block::Text("No event in this report matches a rule.".to_owned()));
    } else {
        let head = [text("Rule"), text("Level"), number("Events"), text("Activity (UTC)")];
        let several = report.totals.principals > 1;
        blocks
            .push(Block::Table(Table::new(head).with(report.sigma.rows.iter().map(|rule| sigma_rule(rule, several)))));
        let more = report.sigma.left_out();
        if more > 0 {
            blocks.push(Block::Text(format!("{}.", count(more, "more rule matches", "more rules match"))));
        }
    }
    Some(Section { id: "sigma", title: "Sigma rules", blocks })
}

fn sigma_rule(rule: &SigmaRule, several: bool) -> (Tone, Vec<Vec<Span>>) {
    let click = |click: &Shown| Span::Line(sentence(click.time, click.principal.as_deref(), several, &click.what));
    let mut shown: Vec<Span> = rule.shown.iter().map(click).collect();
    let more = rule.clicks.saturating_sub(rule.shown.len() as u64);
    shown.extend((more > 0).then(|| Span::Aside(format!("and {} more", digits(more)))));
    let level = rule.level.clone().unwrap_or_else(|| "none".to_owned());
    (Tone::Plain, vec![cell(rule.title.clone()), vec![Span::Label(level)], cell(digits(rule.events)), shown])
}

/// The reliability of the report.
pub(super) fn coverage(report: &Report) -> Section {
    let counts = &report.totals.counts;
    let of_programs = "The activity of programs and commands is taken directly from their API calls, as CloudTrail recorded them. \
        Clicks in the console are inferred from the calls that console pages make.";
    let mut blocks = vec![Block::Text(of_programs.to_owned())];
    if report.totals.console_sessions > 0 {
        let head = [text("Identified by"), number("Clicks"), number("Share"), text("Reliability")];
        blocks.push(Block::Text(named(counts)));
        blocks.push(Block::Table(Table::new(head).with(trust(counts))));
        blocks.push(Block::Text(in_signals(counts)));
    }
    blocks.push(Block::Note(others(counts)));
    if !report.unexplained.rows.is_empty() {
        let head =
            [text("Call without a recognized click"), number("Events"), number("Sessions"), short("First (UTC)")];
        blocks.push(Block::Heading("Without a recognized click".to_owned()));
        blocks.push(Block::Table(Table::new(head).with(report.unexplained.rows.iter().map(call))));
        blocks.extend(
            left_out(&report.unexplained, "calls", "For analysts: the residual view lists all of them.")
                .map(Block::Note),
        );
    }
    Section { id: "coverage", title: "Reliability", blocks }
}

/// The number of clicks on known pages, and their confidence.
fn named(counts: &Counts) -> String {
    // Rounded down, as in the timeline: less than certain must not be shown as 1.00.
    let mean = counts.mean_confidence.map(|mean| (mean * 100.0).floor() / 100.0);
    let mean = mean.map_or_else(String::new, |mean| format!(", with a mean confidence of {mean:.2}"));
    format!(
        "Of {}, {} ({}) match a known page{mean}; {} of these have a confidence of 0.9 or above.",
        count(counts.clicks, "click or command", "clicks and commands"),
        digits(counts.on_known_page),
        share(counts.on_known_page, counts.clicks),
        digits(counts.high_confidence),
    )
}

fn trust(counts: &Counts) -> Vec<(Tone, Vec<Vec<Span>>)> {
    let rows = [
        (
            "a known page, confidence 0.9 or above",
            counts.high_confidence,
            "The calls match the page well, and no other page matches nearly as well.",
        ),
        (
            "a known page, confidence below 0.9",
            counts.on_known_page.saturating_sub(counts.high_confidence),
            "The most probable page. Calls are missing or differ, or another page makes the same calls.",
        ),
        ("only the service", counts.visits, "A page that is not in the catalog was opened. Only its service is known."),
        (
            "only the call",
            counts.generic_changes,
            "Something was changed on a page that is not in the catalog. The call shows what was done.",
        ),
        ("a command", counts.commands, "A command was typed or run. The call shows what was done."),
    ];
    let row = |(by, clicks, trust): (&str, u64, &str)| {
        (Tone::Plain, vec![cell(by), cell(digits(clicks)), cell(share(clicks, counts.clicks)), cell(trust)])
    };
    rows.map(row).into()
}

/// The console events by kind.
fn in_signals(counts: &Counts) -> String {
    let of_clicks = counts.console_events.saturating_sub(counts.background + counts.unexplained);
    format!(
        "Of {}, {} belong to clicks, {} are background requests that the console made on its own, and {} belong \
         to no recognized click; the timeline shows these as \"other\". The fact that an event belongs to a click does not mean \
         that its page is known.",
        count(counts.console_events, "console event", "console events"),
        digits(of_clicks),
        digits(counts.background),
        digits(counts.unexplained),
    )
}

fn others(counts: &Counts) -> String {
    let rest = counts.events.saturating_sub(counts.console_events + counts.typed);
    format!(
        "Other events: {} from commands and programs, and {} from services and other sources. A page that made no \
         calls or was served from the browser's cache leaves no trace.",
        count(counts.typed, "event", "events"),
        count(rest, "event", "events"),
    )
}

fn call(call: &Call) -> (Tone, Vec<Vec<Span>>) {
    let cells = [call.event_key.clone(), digits(call.events), digits(call.sessions), moment(call.first_time)];
    (Tone::Plain, cells.map(cell).into())
}

/// The databases that addresses were looked up in, according to the case; `None` if none was given.
fn databases(case: &BTreeMap<String, String>) -> Option<String> {
    let stated = |key| case.get(key).and_then(|fact| serde_json::from_str::<Value>(fact).ok());
    let geoip = stated("geoip").and_then(|list| list.as_array().cloned()).unwrap_or_default();
    let source_text = |source: Value| {
        let text = |key: &str| source.get(key).and_then(Value::as_str).unwrap_or("unknown").to_owned();
        format!("{} from {} (SHA-256 {})", text("kind"), text("made"), text("sha256"))
    };
    let sources: Vec<String> = geoip.into_iter().chain(stated("ip_ranges")).map(source_text).collect();
    (!sources.is_empty()).then(|| sources.join("; "))
}

/// How the report was created, so that it can be reproduced.
pub(super) fn making(report: &Report) -> Section {
    let making = &report.making;
    let fact = |key: &str| cell(making.case.get(key).map_or("unknown", String::as_str));
    let command: Vec<String> = making.command.iter().map(|word| quote::shell(word)).collect();
    let mut facts = vec![
        ("Created", cell(format!("{} UTC by cartographer {}", moment(making.at), making.version))),
        ("Command", vec![Span::Code(command.join(" "))]),
        ("Case mapped with version", fact("tool_version")),
        ("Rules", fact("rules_version")),
        ("Schema", fact("schema_version")),
        ("DuckDB", fact("duckdb_version")),
        ("Records rejected", cell(digits(report.totals.rejects))),
        ("File integrity", cell(integrity(&report.integrity))),
    ];
    facts.extend((report.damaged_rows > 0).then(|| {
        let rows = count(report.damaged_rows, "row of the case contains", "rows of the case contain");
        ("Damaged rows", cell(format!("{rows} damaged JSON. The report is based on the rest of these rows.")))
    }));
    facts.extend(making.case_sha256.iter().map(|hash| ("Case file", vec![Span::Code(format!("SHA-256 {hash}"))])));
    facts.extend(databases(&making.case).map(|text| ("Address databases", cell(text))));
    facts.extend(left_out_by_filters(&report.totals).map(|text| ("Excluded by filters", cell(text))));
    let head = [text("File"), number("Bytes"), number("Events in report")];
    let files = Table::new(head).with(report.files.rows.iter().map(file));
    let mut blocks = vec![Block::Facts(facts), Block::Heading("Files".to_owned()), Block::Table(files)];
    let query = quote::shell("SELECT file, sha256, bytes FROM load_files ORDER BY file");
    let case = quote::shell(&report.scope.case);
    let all = format!("To print the hash of every file, run cartographer sql --db {case} {query}.");
    blocks.extend(left_out(&report.files, "files", &all).map(Block::Note));
    Section { id: "making", title: "How this report was created", blocks }
}

/// Whether the log files are those that CloudTrail delivered, as far as that was checked.
fn integrity(found: &Integrity) -> String {
    let Some(at) = found.checked_at else {
        return "Not checked. cartographer verify checks log files against CloudTrail's digest files.".to_owned();
    };
    format!(
        "Checked against CloudTrail's digest files at {} UTC: {} verified; {} altered, removed or added; {} not verified. \
         Of the {} that this case was loaded from, {} verified. For analysts: the file_integrity table lists the details.",
        moment(at),
        count(found.verified, "log file", "log files"),
        digits(found.failed),
        digits(found.unverified),
        count(found.files, "file", "files"),
        count(found.files_verified, "is", "are"),
    )
}

/// A note that the case is only a part of a trail, if it is.
fn left_out_by_filters(totals: &Totals) -> Option<String> {
    let (records, files) = (totals.left_out, totals.files_left_out);
    (records + files > 0).then(|| {
        format!(
            "{} in the files that were read, and {} that were not read. The case contains only part of the trail.",
            count(records, "record", "records"),
            count(files, "file", "files"),
        )
    })
}

fn file(file: &File) -> (Tone, Vec<Vec<Span>>) {
    let hash = file.sha256.as_ref().map_or_else(|| "could not be read".to_owned(), |hash| format!("SHA-256 {hash}"));
    let refused = file.refused.then(|| Span::Aside("refused: not CloudTrail".to_owned()));
    let name = [Span::Text(file.file.clone()), Span::Aside(hash)].into_iter().chain(refused).collect();
    (Tone::Plain, vec![name, cell(digits(file.bytes)), cell(digits(file.events))])
}
