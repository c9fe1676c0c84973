//! The executive summary: what happened, in a few sentences, each of which is a count or a fact from the sections below.

use super::content::{Report, Session};
use super::document::{Block, Item, Point, Section, Tone};
use super::found::{Aspect, Pattern, Remedy};
use super::remedies::{by_same, said};
use super::standing_out::amount;
use super::words::{count, digits, joined, moment, name, objects, who, within};

/// The sentences, in the order of a reader's questions: who, how they signed in, what they took, created, weakened and
/// destroyed, what is still in effect.
pub(super) fn brief(report: &Report) -> Section {
    let points: Vec<Point> = [
        who_was(report),
        came_in(report),
        patterns(report),
        took(report),
        made(report),
        weakened(report),
        destroyed(report),
        tried(report),
        open(report),
    ]
    .into_iter()
    .flatten()
    .collect();
    let lead = "Each sentence is based on the events listed in the sections below. It states what the trail shows, not why \
        something was done or who was at the keyboard. An event that stands out for several reasons is counted once for each \
        reason.";
    let blocks = if points.is_empty() {
        vec![Block::Text("Nothing stands out in these sessions.".to_owned())]
    } else {
        vec![Block::Note(lead.to_owned()), Block::Points(points)]
    };
    Section { id: "brief", title: "Executive summary", blocks }
}

/// The maximum number of patterns, and of urgent items, in the summary.
const PATTERNS: usize = 6;
const URGENT: usize = 12;

fn point(tone: Tone, head: String) -> Point {
    Point { tone, head, items: Vec::new() }
}

/// The most notable session.
fn gravest(report: &Report) -> Option<&Session> {
    report.sessions.rows.iter().find(|session| session.counts.findings + session.counts.attempts > 0)
}

fn who_was(report: &Report) -> Option<Point> {
    let session = gravest(report)?;
    let counts = &session.counts;
    let from = if session.ips.is_empty() { String::new() } else { format!(" from {}", joined(&session.ips)) };
    let when = match (counts.first_event, counts.last_active) {
        (Some(first), Some(last)) => format!(", {}", within("within", first, last)),
        _ => String::new(),
    };
    let others = others(report, session);
    let way = if session.console { "in the console" } else { "with programs" };
    let tried = match counts.attempts {
        0 => String::new(),
        attempts => format!(" and {}", count(attempts, "attempt", "attempts")),
    };
    Some(point(
        Tone::Firm,
        format!(
            "The most notable activity was by {} {way}{from}: {} with {}{tried}{when}.{others}",
            name(session),
            count(counts.events, "event", "events"),
            count(counts.findings, "finding", "findings"),
        ),
    ))
}

/// How many other sessions have findings, and how many have only attempts.
fn others(report: &Report, first: &Session) -> String {
    let rest = || report.sessions.rows.iter().filter(|each| each.session_id != first.session_id);
    let with = rest().filter(|each| each.counts.findings > 0).count() as u64;
    let only = rest().filter(|each| each.counts.findings == 0 && each.counts.attempts > 0).count() as u64;
    let have = |number: u64| if number == 1 { "has" } else { "have" };
    let (one, many) = ("other session or program", "other sessions or programs");
    match (with, only) {
        (0, 0) => String::new(),
        (0, only) => format!(" {} {} only attempts.", count(only, one, many), have(only)),
        (with, 0) => format!(" {} also {} findings.", count(with, one, many), have(with)),
        (with, only) => format!(
            " {} also {} findings, and {} {} only attempts.",
            count(with, one, many),
            have(with),
            digits(only),
            have(only)
        ),
    }
}

fn came_in(report: &Report) -> Option<Point> {
    let rows = &report.sign_ins.rows;
    let first = rows
        .iter()
        .filter(|sign_in| sign_in.came_in)
        .min_by_key(|sign_in| (sign_in.mfa != Some(false), sign_in.time))?;
    let factor = match first.mfa {
        Some(true) => "with MFA",
        Some(false) => "without MFA",
        None => "MFA use not recorded",
    };
    let how = first.how().map_or_else(String::new, |how| format!("{how}, "));
    let from = first.source_ip.as_deref().unwrap_or("an unknown address");
    let refused = first.refusals;
    let refusals =
        if refused > 0 { format!(" {} failed.", count(refused, "sign-in", "sign-ins")) } else { String::new() };
    let without = first.without_factor;
    let more = if without > 1 { format!(" {} sign-ins did not use MFA.", digits(without)) } else { String::new() };
    Some(point(
        if first.mfa == Some(false) { Tone::Strong } else { Tone::Plain },
        format!("{} signed in {how}{factor}, from {from}.{more}{refusals}", who(first.principal.as_deref())),
    ))
}

/// The number of events with an aspect that succeeded, and the number of attempts.
fn of(report: &Report, aspect: Aspect) -> (u64, u64) {
    let first = report.deeds.iter().find(|deed| deed.aspect == aspect);
    first.map_or((0, 0), |deed| (deed.of_aspect.saturating_sub(deed.tried_of_aspect), deed.tried_of_aspect))
}

fn took(report: &Report) -> Option<Point> {
    let secrets = of(report, Aspect::Secret).0;
    let mut parts = Vec::new();
    if let Some(taken) = report.taken.rows.first() {
        parts.push(format!("{} downloaded", objects(taken.all_objects.unwrap_or(taken.events), taken.all_bytes)));
    }
    if secrets > 0 {
        parts.push(amount(Aspect::Secret, secrets));
    }
    let moved = of(report, Aspect::Moved).0;
    if moved > 0 {
        parts.push(amount(Aspect::Moved, moved));
    }
    strong("Data and secrets", &parts)
}

/// The number of events with each of these aspects that succeeded, in words.
fn amounts<const N: usize>(report: &Report, aspects: [Aspect; N]) -> Vec<String> {
    let numbers = aspects.into_iter().map(|aspect| (aspect, of(report, aspect).0));
    numbers.filter(|(_, number)| *number > 0).map(|(aspect, number)| amount(aspect, number)).collect()
}

/// The parts after what they concern, if there are any.
fn strong(what: &str, parts: &[String]) -> Option<Point> {
    (!parts.is_empty()).then(|| point(Tone::Strong, format!("{what}: {}.", joined(parts))))
}

/// What several events show together, those with the most resources first.
fn patterns(report: &Report) -> Option<Point> {
    let line = |pattern: &Pattern| {
        let text = format!("{} · {}: {}", moment(pattern.time), who(pattern.principal.as_deref()), pattern.what);
        Item::about(text, pattern.event_id.as_deref())
    };
    let items: Vec<Item> = report.patterns.iter().take(PATTERNS).map(line).collect();
    let more = report.patterns.len().saturating_sub(PATTERNS) as u64;
    let more = (more > 0).then(|| format!("and {} more under what stands out", digits(more)).into());
    let head = "Several events together show the following:".to_owned();
    (!items.is_empty()).then(|| Point { tone: Tone::Strong, head, items: items.into_iter().chain(more).collect() })
}

fn made(report: &Report) -> Option<Point> {
    let mut parts = amounts(report, [Aspect::Credential, Aspect::Privilege, Aspect::Persistence]);
    let used = report.links.rows.iter().filter(|link| link.made).count() as u64;
    if used > 0 {
        let made = count(used, "new key, user or password", "new keys, users and passwords");
        parts.push(format!("{made} used by other sessions"));
    }
    strong("Access", &parts)
}

fn weakened(report: &Report) -> Option<Point> {
    strong("Monitoring and exposure", &amounts(report, [Aspect::Watch, Aspect::Exposure]))
}

fn destroyed(report: &Report) -> Option<Point> {
    strong("Destruction", &amounts(report, [Aspect::Impact]))
}

fn tried(report: &Report) -> Option<Point> {
    let (attempts, denied) = (report.totals.counts.attempts, report.totals.counts.denied);
    (attempts + denied > 0).then(|| {
        point(
            Tone::Plain,
            format!(
                "{} denied or failed; {} denied in total.",
                count(attempts, "event that stands out was", "events that stand out were"),
                count(denied, "call was", "calls were")
            ),
        )
    })
}

/// What is still in effect, according to the events in the case: first what is urgent, then how much else there is.
fn open(report: &Report) -> Option<Point> {
    let open = report.remedies.rows.iter().filter(|remedy| remedy.gone.is_none());
    let (urgent, other): (Vec<&Remedy>, Vec<&Remedy>) = open.partition(|remedy| remedy.urgent);
    let gone: Vec<&Remedy> = report.remedies.rows.iter().filter(|remedy| remedy.gone.is_some()).collect();
    let (ended, same) = (gone.len() as u64, gone.iter().filter(|remedy| by_same(remedy)).count() as u64);
    if report.remedies.rows.is_empty() {
        return None;
    }
    let items = urgent.iter().take(URGENT).map(|remedy| Item::about(said(remedy, true), remedy.event_id.as_deref()));
    let more = urgent.len().saturating_sub(URGENT) as u64;
    let more = (more > 0).then(|| format!("and {} more", digits(more)).into());
    let least = if report.remedies.left_out() > 0 { "At least " } else { "" };
    let ends = match ended {
        0 => String::new(),
        1 => " A later event in the case ended 1 more".to_owned(),
        ended => format!(" Later events in the case ended {} more", digits(ended)),
    };
    let ends = match (ended, same) {
        (0, _) => ends,
        (_, 0) => format!("{ends}."),
        (1, _) => format!("{ends}; the same identity had caused and ended it."),
        (ended, same) if ended == same => format!("{ends}; the same identity had caused and ended each of them."),
        (_, same) => format!("{ends}; the same identity had caused and ended {} of them.", digits(same)),
    };
    let less = if other.is_empty() {
        String::new()
    } else {
        format!(", and {} to review", count(other.len() as u64, "less urgent item", "less urgent items"))
    };
    let head = format!(
        "{least}{} to act on first{less}, according to the events in the case.{ends} See the section on what to contain or undo for \
         commands.",
        count(urgent.len() as u64, "item", "items"),
    );
    Some(Point {
        tone: if urgent.is_empty() { Tone::Plain } else { Tone::Strong },
        head,
        items: items.chain(more).collect(),
    })
}
