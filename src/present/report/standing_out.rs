//! What stands out, as points with what shows them; and what was looked for and is not there.

use super::content::Report;
use super::document::{Block, Point, Tone};
use super::found::{Aspect, Deed, Denied, KeyUse, Network, SignIn};
use super::words::{self, count, digits, joined, moment, who};
use crate::event::Timestamp;

/// How many sentences a point has before it counts the rest.
const SHOWN: usize = 8;

/// The points, the weightiest first, and what was not found.
pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let telling = Telling { several: report.totals.principals > 1 };
    let (mut points, mut absent) = (Vec::new(), Vec::new());
    for (point, sought) in checks(report, telling) {
        match point {
            Some(point) => points.push(point),
            None => absent.push(sought.to_owned()),
        }
    }
    points.sort_by_key(|point| point.tone != Tone::Strong);
    let mut blocks = vec![Block::Heading("What stands out".to_owned())];
    if points.is_empty() {
        blocks.push(Block::Text("Nothing of what this report looks for.".to_owned()));
    } else {
        blocks.push(Block::Points(points));
    }
    if !absent.is_empty() {
        let missed = "What the trail did not record cannot be found.";
        blocks.push(Block::Note(format!("Looked for and not found: {}. {missed}", absent.join("; "))));
    }
    blocks
}

/// Every check: the point if it found something, and what it looked for.
fn checks(report: &Report, telling: Telling) -> Vec<(Option<Point>, &'static str)> {
    let mut checks = vec![
        (telling.without_factor(&report.sign_ins.rows), "sign-ins without MFA"),
        (telling.refused(&report.sign_ins.rows), "failed sign-ins"),
        (keys(&report.keys.rows, report.keys.total), "use of access keys that were made"),
    ];
    let of = |aspect: Aspect| report.deeds.iter().filter(move |deed| deed.aspect == aspect).collect::<Vec<_>>();
    checks.extend(Aspect::ALL.map(|aspect| (telling.deeds(aspect, &of(aspect)), sought(aspect))));
    checks.push((telling.denied(&report.denied, report.totals.counts.denied), "denied calls"));
    checks.push((networks(&report.networks.rows, report.networks.total), "networks that a known identity was new in"));
    checks.push((unexplained(report.totals.counts.unexplained), "events of the console in no signal"));
    checks
}

/// What a point about such deeds says first.
const fn told(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Watch => "Logging or monitoring stopped, deleted or changed",
        Aspect::Secret => "Secrets read",
        Aspect::Credential => "Credentials made",
        Aspect::Privilege => "Identities and permissions changed",
        Aspect::Exposure => "Data shared, copied or opened to others",
        Aspect::Change => "Other changes",
        Aspect::Command => "Other commands typed",
    }
}

const fn sought(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Watch => "logging or monitoring that was stopped or changed",
        Aspect::Secret => "secrets that were read",
        Aspect::Credential => "credentials that were made",
        Aspect::Privilege => "other changes of identities and permissions",
        Aspect::Exposure => "data that was shared, copied or opened to others",
        Aspect::Change => "other changes",
        Aspect::Command => "other commands that were typed",
    }
}

/// Something done stands out; an attempt, or what is neither secret nor safety, less.
const fn weight(aspect: Aspect, done: u64) -> Tone {
    match aspect {
        Aspect::Change | Aspect::Command => Tone::Firm,
        _ if done == 0 => Tone::Firm,
        _ => Tone::Strong,
    }
}

/// How sentences are told: with the name of who it was, if there are several.
#[derive(Debug, Clone, Copy)]
struct Telling {
    several: bool,
}

impl Telling {
    fn sentence(self, time: Timestamp, principal: Option<&str>, what: &str) -> String {
        words::sentence(time, principal, self.several, what)
    }

    fn without_factor(self, sign_ins: &[SignIn]) -> Option<Point> {
        let doors = sign_ins.iter().filter(|door| door.came_in && door.mfa == Some(false));
        let total = sign_ins.first().map_or(0, |door| door.without_factor);
        let items = doors.map(|door| self.door(door, &format!("by {}", door.way)));
        point(Tone::Strong, format!("Signed in without MFA: {}", digits(total)), items, total)
    }

    fn refused(self, sign_ins: &[SignIn]) -> Option<Point> {
        let doors = sign_ins.iter().filter(|door| door.refused);
        let total = sign_ins.first().map_or(0, |door| door.refusals);
        let items = doors.map(|door| self.door(door, door.failure.as_deref().unwrap_or("no reason given")));
        point(Tone::Firm, format!("Failed sign-ins: {}", digits(total)), items, total)
    }

    fn door(self, door: &SignIn, how: &str) -> String {
        let from = door.source_ip.as_deref().unwrap_or("an unknown address");
        self.sentence(door.time, door.principal.as_deref(), &format!("from {from}, {how}"))
    }

    fn deeds(self, aspect: Aspect, deeds: &[&Deed]) -> Option<Point> {
        let first = deeds.first()?;
        let done = first.of_aspect.saturating_sub(first.failed_of_aspect);
        let head = match (done, first.failed_of_aspect) {
            (done, 0) => format!("{}: {}", told(aspect), digits(done)),
            (done, failed) => format!("{}: {} done, {} failed", told(aspect), digits(done), digits(failed)),
        };
        let item = |deed: &&Deed| self.sentence(deed.time, deed.principal.as_deref(), &deed.what);
        point(weight(aspect, done), head, deeds.iter().map(item), first.of_aspect)
    }

    /// What somebody asked for and was denied; then, as one sentence, what pages were denied while they opened.
    fn denied(self, denied: &[Denied], calls: u64) -> Option<Point> {
        let (aimed, beside): (Vec<&Denied>, Vec<&Denied>) = denied.iter().partition(|denied| denied.aimed);
        let item = |denied: &Denied| self.sentence(denied.time, denied.principal.as_deref(), &denied.what);
        let mut items = shown(aimed.iter().map(|denied| item(denied)), aimed.first().map_or(0, |first| first.of_sort));
        if let Some(first) = beside.first() {
            let names: Vec<String> = beside.iter().map(|denied| denied.what.clone()).collect();
            let calls = count(first.calls_of_sort, "call", "calls");
            items.push(format!("{calls} beside pages that opened: {}", joined(&names)));
        }
        let tone = if aimed.is_empty() { Tone::Plain } else { Tone::Firm };
        (!items.is_empty()).then(|| Point { tone, head: format!("Denied calls: {}", digits(calls)), items })
    }
}

fn keys(keys: &[KeyUse], total: u64) -> Option<Point> {
    let item = |key: &KeyUse| {
        format!(
            "{} of {}: {} ({} failed) from {}, {} to {} UTC: {}",
            key.access_key,
            who(key.principal.as_deref()),
            count(key.calls, "call", "calls"),
            digits(key.failed),
            joined(&key.ips),
            moment(key.first_time),
            moment(key.last_time),
            joined(&key.event_keys),
        )
    };
    let head = format!("Access keys that were made here, and used afterwards: {}", digits(total));
    point(Tone::Strong, head, keys.iter().map(item), total)
}

fn networks(networks: &[Network], total: u64) -> Option<Point> {
    let item = |network: &Network| {
        let (who, since) = (who(network.principal.as_deref()), moment(network.known_since));
        format!("{} · {who}, known since {since}, first seen from {}", moment(network.time), network.network)
    };
    let head = format!("Networks that a known identity was new in: {}", digits(total));
    point(Tone::Firm, head, networks.iter().map(item), total)
}

fn unexplained(events: u64) -> Option<Point> {
    let head = format!("Events of the console in no signal: {}", digits(events));
    let item = "They are listed under coverage, and are a lead in themselves.".to_owned();
    (events > 0).then(|| Point { tone: Tone::Plain, head, items: vec![item] })
}

/// A point, if there is anything of it.
fn point(tone: Tone, head: String, items: impl Iterator<Item = String>, total: u64) -> Option<Point> {
    (total > 0).then(|| Point { tone, head, items: shown(items, total) })
}

/// The first sentences of so many, and how many there are besides.
fn shown(items: impl Iterator<Item = String>, total: u64) -> Vec<String> {
    let mut items: Vec<String> = items.take(SHOWN).collect();
    let more = total.saturating_sub(items.len() as u64);
    if more > 0 {
        items.push(format!("and {} more", digits(more)));
    }
    items
}
