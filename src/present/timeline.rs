//! The timeline as text: sessions with their lines.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::escape::terminal;
use super::notes::Marks;
use super::rows::{Class, Entry, Head};
use super::runs::{Run, day, runs};
use super::wrap::wrap;
use crate::event::Timestamp;
use crate::signal::Kind;

/// The minimum length of a shortened session ID.
const SHORTEST_ID: usize = 8;
/// The number of addresses in a session's header.
const ADDRESSES: usize = 2;

/// Optional parts of a timeline's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Show<'a> {
    /// Whether to show the beginning of the ID of the signal or of the first event.
    pub ids: bool,
    /// Whether to show how many of the events were denied or failed.
    pub failed: bool,
    /// The width of the terminal, for wrapping; `None` if it is not a terminal.
    pub width: Option<usize>,
    /// The analysts' notes.
    pub notes: Option<&'a Marks>,
}

/// Writes entries, which must be in chronological order, grouped by session in the order in which the sessions begin.
///
/// `heads` must include every session that `--session` could select, because IDs are shortened to unique prefixes. Colors are
/// always written as ANSI sequences; a writer without colors strips them (`anstream`).
///
/// # Errors
/// If the writer fails.
pub fn timeline(out: &mut impl Write, entries: &[Entry], heads: &[Head], show: Show<'_>) -> io::Result<()> {
    let short_ids = short_ids(heads);
    let heads: HashMap<&str, &Head> = heads.iter().map(|head| (head.session_id.as_str(), head)).collect();
    for (number, (id, entries)) in by_session(entries).into_iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        let head = id.and_then(|id| heads.get(id).copied()).cloned().unwrap_or_else(|| head_of(id, &entries));
        let short = id.map(|id| short_ids.get(id).copied().unwrap_or(id));
        if entries.iter().all(|entry| entry.class == Class::Aggregated) {
            let bold = Style::new().bold();
            writeln!(out, "{bold}aggregated events{bold:#} · {}", span(head.first_time, head.last_time))?;
        } else {
            header(out, &head, short)?;
        }
        lines(out, &entries, show)?;
    }
    Ok(())
}

/// Groups entries by session, in the order in which the sessions begin.
pub(super) fn by_session(entries: &[Entry]) -> Vec<(Option<&str>, Vec<&Entry>)> {
    let mut groups: Vec<(Option<&str>, Vec<&Entry>)> = Vec::new();
    let mut places = HashMap::new();
    for entry in entries {
        let id = entry.session_id.as_deref();
        let place = *places.entry(id).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(entry),
            None => groups.push((id, vec![entry])),
        }
    }
    groups
}

/// The header of a session that has no row, made from its entries.
pub(super) fn head_of(id: Option<&str>, entries: &[&Entry]) -> Head {
    let (first, last) = (entries.first(), entries.last());
    Head {
        session_id: id.unwrap_or_default().to_owned(),
        principal: first.and_then(|entry| entry.principal.clone()),
        account_id: first.and_then(|entry| entry.account_id.clone()),
        first_time: first.map(|entry| entry.time),
        last_time: last.map(|entry| entry.time),
        ..Head::default()
    }
}

/// The shortest prefix of each session ID that no other session ID shares.
fn short_ids(heads: &[Head]) -> HashMap<&str, &str> {
    let mut ids: Vec<&str> = heads.iter().map(|head| head.session_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let common = |one: &str, other: &str| one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let neighbors = |place: usize, id: &str| {
        let before = place.checked_sub(1).and_then(|place| ids.get(place));
        let after = ids.get(place + 1);
        before.into_iter().chain(after).map(|other| common(id, other) + 1).max().unwrap_or(0)
    };
    let cut = |(place, id): (usize, &&'_ str)| neighbors(place, id).max(SHORTEST_ID);
    ids.iter().enumerate().map(|(place, id)| (*id, prefix(id, cut((place, id))))).collect()
}

fn prefix(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

fn header(out: &mut impl Write, head: &Head, short_id: Option<&str>) -> io::Result<()> {
    let bold = Style::new().bold();
    let principal = head.principal.as_deref().unwrap_or("unknown principal");
    write!(out, "{bold}{}{bold:#}", terminal(principal))?;
    if let Some(account) = &head.account_id {
        write!(out, " · {}", terminal(account))?;
    }
    if !head.ips.is_empty() {
        let named = head.ips.iter().take(ADDRESSES).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = head.ips.len().saturating_sub(ADDRESSES);
        let others = if more > 0 { format!(" +{more}") } else { String::new() };
        write!(out, " · {}{others}", terminal(&named))?;
    }
    let mfa = head.mfa.map_or("mfa unknown", |mfa| if mfa { "mfa" } else { "no mfa" });
    write!(out, " · {mfa} · {}", span(head.first_time, head.last_time))?;
    match short_id {
        Some(id) => writeln!(out, " · session {}", terminal(id)),
        None => writeln!(out, " · no session"),
    }
}

/// `2026-03-02 09:12:05 → 10:40:11 UTC`, with a second date if it differs.
pub(super) fn span(first: Option<Timestamp>, last: Option<Timestamp>) -> String {
    let (Some(first), Some(last)) = (first, last) else { return "time unknown".to_owned() };
    let from = first.format("%Y-%m-%d");
    let until = if from == last.format("%Y-%m-%d") { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    format!("{from} {} → {} UTC", first.format("%H:%M:%S"), last.format(until))
}

/// `2026-03-11T19:41:32Z`, with a fraction only if there is one.
#[must_use]
pub fn rfc3339(time: Timestamp) -> String {
    let form = if time.0.rem_euclid(1_000_000) == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.6fZ" };
    time.format(form)
}

fn lines(out: &mut impl Write, entries: &[&Entry], show: Show<'_>) -> io::Result<()> {
    let runs: Vec<Run<'_>> = runs(entries).collect();
    let labels = runs.iter().map(|run| run.label().len()).max().unwrap_or(0);
    let regions = runs.iter().filter_map(Run::region).map(|region| terminal(region).len()).max().unwrap_or(0);
    let mut today = entries.first().map(|entry| day(entry));
    for run in &runs {
        if today != Some(day(run.first)) {
            today = Some(day(run.first));
            writeln!(out, "  {}", run.first.time.format("%Y-%m-%d"))?;
        }
        line(out, run, (labels, regions), show)?;
    }
    Ok(())
}

/// The parts before a sentence whose width is constant: `  19:41:32  `, and two spaces after the label.
const TIME: usize = 12;
const GAP: usize = 2;
/// The maximum indentation of wrapped lines.
const DEEPEST: usize = 34;

fn line(out: &mut impl Write, run: &Run<'_>, (labels, regions): (usize, usize), show: Show<'_>) -> io::Result<()> {
    let style = style(run);
    let (time, label) = (run.first.time.format("%H:%M:%S"), run.label());
    write!(out, "  {time}  {style}{label:<labels$}{style:#}  ")?;
    let mut before = TIME + labels + GAP;
    if regions > 0 {
        write!(out, "{:<regions$}  ", terminal(run.region().unwrap_or_default()))?;
        before += regions + GAP;
    }
    let mut text = format!("{}{}", run.sentence(), tail(run));
    if let Some(failed) = failed(run).filter(|_| show.failed) {
        // Writing to a String cannot fail.
        let _ = write!(text, "  [{failed}]");
    }
    if let Some(id) = run.first.id.as_deref().filter(|_| show.ids) {
        let _ = write!(text, "  {}", prefix(id, SHORTEST_ID));
    }
    let indent = before.min(DEEPEST);
    writeln!(out, "{}", wrap(&terminal(&text), before, indent, show.width))?;
    if let Some(sigma) = run.sigma() {
        let accent = AnsiColor::Yellow.on_default();
        let said = wrap(&terminal(&format!("Sigma {sigma}")), indent + GAP, indent + GAP, show.width);
        writeln!(out, "{:indent$}{accent}▸ {said}{accent:#}", "")?;
    }
    let notes = show.notes.map(|notes| run.ids().flat_map(|id| notes.on(id))).into_iter().flatten();
    for note in notes {
        let accent = AnsiColor::Cyan.on_default();
        let said = wrap(&terminal(note), indent + GAP, indent + GAP, show.width);
        writeln!(out, "{:indent$}{accent}▸ {said}{accent:#}", "")?;
    }
    Ok(())
}

/// What follows the sentence: `  (12 events)  ~0.72  [AccessDenied]`.
fn tail(run: &Run<'_>) -> String {
    if run.first.class == Class::Aggregated {
        return String::new();
    }
    let events = run.events();
    let mut tail = format!("  ({events} {})", if events == 1 { "event" } else { "events" });
    // Writing to a String cannot fail.
    if let Some(sure) = run.certainty() {
        let _ = write!(tail, "  ~{sure}");
    }
    if let Some(error) = run.error() {
        let _ = write!(tail, "  [{error}]");
    }
    tail
}

/// Failures that the row has no error code for: failed calls in a click, or a call that failed without an error code, such as a
/// sign-in.
fn failed(run: &Run<'_>) -> Option<String> {
    match (run.failed(), run.events()) {
        (0, _) => None,
        (failed, events) if failed == events => run.error().is_none().then(|| "failed".to_owned()),
        (failed, _) => Some(format!("{failed} failed")),
    }
}

/// Secrets, changes and failures have their own colors, regardless of the client.
fn style(run: &Run<'_>) -> Style {
    let (class, kind) = (run.first.class, run.first.kind);
    let failed = run.failed() > 0 && run.failed() == run.events();
    let color = match (class, kind) {
        (Class::Click | Class::Programmatic, _) if failed => return AnsiColor::Red.on_default().dimmed(),
        (Class::Click | Class::Programmatic, Some(Kind::Secret)) => return AnsiColor::Red.on_default().bold(),
        (Class::Click | Class::Programmatic, Some(Kind::Delete)) => AnsiColor::Red,
        (Class::Click | Class::Programmatic, Some(Kind::Create | Kind::Change)) => AnsiColor::Yellow,
        (Class::Click, Some(Kind::Command | Kind::Session)) => AnsiColor::Magenta,
        (Class::Click, Some(Kind::Login)) => AnsiColor::Cyan,
        (Class::Click, _) => return Style::new(),
        (Class::Background | Class::Residual | Class::Programmatic | Class::Aggregated, _) => {
            return Style::new().dimmed();
        }
    };
    color.on_default()
}
