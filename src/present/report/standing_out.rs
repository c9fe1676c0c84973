//! The findings as points with evidence, and the checks without a finding.

use super::content::Report;
use super::document::{Block, Item, Point, Tone};
use super::found::{Aspect, Denied, Link, Network, NotableAction, Pattern, SignIn, Taken};
use super::words::{self, count, digits, joined, lasted, moment, objects, period, who};
use crate::event::Timestamp;

/// The maximum number of sentences in a point; the remaining items are counted.
const SHOWN: usize = 10;

/// The points, the most important first, and the checks without a finding.
pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let style = SentenceStyle { several: report.totals.principals > 1 };
    let (mut points, mut absent) = (Vec::new(), Vec::new());
    for (point, sought) in checks(report, style) {
        match point {
            Some(point) => points.push(point),
            None => absent.push(sought.to_owned()),
        }
    }
    points.sort_by_key(|point| point.tone != Tone::Strong);
    let mut blocks = vec![Block::Heading("What stands out".to_owned())];
    if points.is_empty() {
        blocks.push(Block::Text("Nothing that stands out was found.".to_owned()));
    } else {
        blocks.push(Block::Points(points));
    }
    if !absent.is_empty() {
        let missed = "Activity that the trail did not record cannot be found.";
        let sought = absent.join("; ");
        blocks.push(Block::Note(format!("Searched for in {} and not found: {sought}. {missed}", searched(report))));
    }
    blocks.extend(unsearched(report).map(Block::Note));
    blocks
}

/// Where the checks were made.
fn searched(report: &Report) -> String {
    let (of, all) = (report.totals.searched_sessions, report.totals.case_sessions);
    let sessions = match (of == all, all) {
        (true, 1) => "the only session in the case".to_owned(),
        (true, _) => format!("all {} sessions in the case", digits(all)),
        (false, _) => format!("{} of {} sessions in the case", digits(of), digits(all)),
    };
    let within = report.scope.from.is_some() || report.scope.to.is_some();
    if within { format!("{sessions}, within the selected time range,") } else { sessions }
}

/// Which checks could not be made, and why.
fn unsearched(report: &Report) -> Option<String> {
    let totals = &report.totals;
    let reasons = [
        (totals.data_events == 0 && report.taken.rows.is_empty())
            .then_some("downloaded objects, because these sessions contain no data events"),
        (totals.console_sessions == 0)
            .then_some("console clicks and events, because none of these sessions is a console session"),
    ];
    let reasons: Vec<&str> = reasons.into_iter().flatten().collect();
    (!reasons.is_empty()).then(|| format!("Not searched for: {}.", reasons.join("; ")))
}

/// Every check that was made: the point if it found something, and what it searched for.
fn checks(report: &Report, style: SentenceStyle) -> Vec<(Option<Point>, &'static str)> {
    let mut checks = vec![
        (style.without_factor(&report.sign_ins.rows), "sign-ins without MFA"),
        (style.refused(&report.sign_ins.rows), "failed sign-ins"),
        (links(&report.links.rows), "keys, passwords and users that were created and later used"),
        (
            style.patterns(&report.patterns, "administrator_created", "Administrators created"),
            "users and roles that were created and given administrator permissions",
        ),
        (
            style.patterns(&report.patterns, "mass_deletion", "Mass deletions"),
            "mass deletions of at least 20 resources",
        ),
    ];
    let taken = taken(&report.taken.rows, report.taken.total);
    if taken.is_some() || report.totals.data_events > 0 {
        checks.push((taken, "downloaded objects"));
    }
    let of = |aspect: Aspect| report.deeds.iter().filter(move |deed| deed.aspect == aspect).collect::<Vec<_>>();
    checks.extend(Aspect::ALL.map(|aspect| (style.deeds(aspect, &of(aspect)), sought(aspect))));
    checks.push((style.denied(&report.denied, report.totals.counts.denied), "denied calls"));
    let networks = networks(&report.networks.rows, report.networks.total);
    checks.push((networks, "networks that are new for an identity"));
    if report.totals.console_sessions > 0 {
        checks.push((unexplained(report.totals.counts.unexplained), "console events without a recognized click"));
    }
    checks
}

/// What one and several events with an aspect are called. sql/serve/setup.sql has the same words for the page.
pub(super) const fn noun(aspect: Aspect) -> (&'static str, &'static str) {
    match aspect {
        Aspect::Moved => ("use of credentials from another network", "uses of credentials from another network"),
        Aspect::Watch => ("log or detector change", "log or detector changes"),
        Aspect::Secret => ("secret read", "secret reads"),
        Aspect::Credential => ("credential creation", "credential creations"),
        Aspect::Privilege => ("identity or permission change", "identity or permission changes"),
        Aspect::Exposure => ("data exposure", "data exposures"),
        Aspect::Exfiltration => ("data export", "data exports"),
        Aspect::Impact => ("destructive or costly call", "destructive or costly calls"),
        Aspect::Persistence => ("persistence change", "persistence changes"),
        Aspect::Execution => ("code or command execution", "code or command executions"),
        Aspect::Token => ("token request", "token requests"),
        Aspect::Stored => ("secret write", "secret writes"),
    }
}

/// The number of events with an aspect, in words.
pub(super) fn amount(aspect: Aspect, number: u64) -> String {
    let (one, many) = noun(aspect);
    count(number, one, many)
}

/// The first sentence of a point about an aspect: what is counted, with a capital letter.
fn heading(aspect: Aspect) -> String {
    let many = noun(aspect).1;
    many.chars().take(1).flat_map(char::to_uppercase).chain(many.chars().skip(1)).collect()
}

/// `3 events`, which succeeded, `2 attempts`, which were denied or failed, or both.
fn ended_how(done: u64, tried: u64) -> String {
    let attempts = count(tried, "attempt", "attempts");
    match (done, tried) {
        (done, 0) => count(done, "event", "events"),
        (0, _) => format!("no success, {attempts}"),
        (done, _) => format!("{}, {attempts}", count(done, "event", "events")),
    }
}

const fn sought(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Moved => "instance or function credentials that were used from another network",
        Aspect::Watch => "logging or monitoring that was stopped or changed",
        Aspect::Secret => "secrets that were read",
        Aspect::Credential => "credentials that were created",
        Aspect::Privilege => "changes to identities and permissions",
        Aspect::Exposure => "data that was shared, copied or exposed",
        Aspect::Exfiltration => "data that was exported in other ways",
        Aspect::Impact => "resources that were destroyed or made unusable",
        Aspect::Persistence => "other persistence",
        Aspect::Execution => "code and commands that were run or changed",
        Aspect::Token => "tokens and codes that were issued, other than role credentials",
        Aspect::Stored => "stored secrets that were created or changed",
    }
}

/// Completed actions are important; attempts and routine activity by programs are less so.
const fn weight(aspect: Aspect, done: u64) -> Tone {
    match aspect {
        Aspect::Execution | Aspect::Token | Aspect::Stored => Tone::Firm,
        _ if done == 0 => Tone::Firm,
        _ => Tone::Strong,
    }
}

/// The style of sentences: they name the principal if there are several.
#[derive(Debug, Clone, Copy)]
struct SentenceStyle {
    several: bool,
}

impl SentenceStyle {
    fn sentence(self, time: Timestamp, principal: Option<&str>, what: &str) -> String {
        words::sentence(time, principal, self.several, what)
    }

    fn without_factor(self, sign_ins: &[SignIn]) -> Option<Point> {
        let events = sign_ins.iter().filter(|event| event.came_in && event.mfa == Some(false));
        let total = sign_ins.first().map_or(0, |event| event.without_factor);
        let items = events.map(|event| (Item::about(self.sign_in(event, event.how()), event.event_id.as_deref()), 1));
        point(Tone::Strong, format!("Signed in without MFA: {}", digits(total)), items, total)
    }

    fn refused(self, sign_ins: &[SignIn]) -> Option<Point> {
        let events = sign_ins.iter().filter(|event| event.refused);
        let total = sign_ins.first().map_or(0, |event| event.refusals);
        let items = events.map(|event| {
            let why = event.failure.as_deref().unwrap_or("no reason given");
            (Item::about(self.sign_in(event, Some(why)), event.event_id.as_deref()), 1)
        });
        point(Tone::Firm, format!("Failed sign-ins: {}", digits(total)), items, total)
    }

    fn sign_in(self, event: &SignIn, more: Option<&str>) -> String {
        let from = event.source_ip.as_deref().unwrap_or("an unknown address");
        let more = more.map_or_else(String::new, |more| format!(", {more}"));
        self.sentence(event.time, event.principal.as_deref(), &format!("from {from}{more}"))
    }

    fn deeds(self, aspect: Aspect, deeds: &[&NotableAction]) -> Option<Point> {
        let first = deeds.first()?;
        let done = first.of_aspect.saturating_sub(first.tried_of_aspect);
        let head = format!("{}: {}", heading(aspect), ended_how(done, first.tried_of_aspect));
        let own = deeds.iter().filter(|deed| !deed.covered).map(|deed| (self.deed(deed), deed.events));
        let mut items = shown(own, first.of_aspect.saturating_sub(first.covered_of_aspect));
        let elsewhere = first.covered_of_aspect;
        if elsewhere > 0 {
            let verb = if elsewhere == 1 { "is" } else { "are" };
            let listed = format!("{} {verb} listed under another heading", count(elsewhere, "event", "events"));
            items.push(listed.into());
        }
        Some(Point { tone: weight(aspect, done), head, items })
    }

    /// Patterns of one kind, with the number of resources.
    fn patterns(self, patterns: &[Pattern], kind: &str, title: &str) -> Option<Point> {
        let own: Vec<&Pattern> = patterns.iter().filter(|pattern| pattern.pattern == kind).collect();
        let total = own.first()?.resources_of_pattern;
        let item = |pattern: &&Pattern| {
            let what = if pattern.time == pattern.last_time {
                pattern.what.clone()
            } else {
                format!("{} (until {})", pattern.what, moment(pattern.last_time))
            };
            let text = self.sentence(pattern.time, pattern.principal.as_deref(), &what);
            (Item::about(text, pattern.event_id.as_deref()), pattern.resources)
        };
        point(Tone::Strong, format!("{title}: {}", digits(total)), own.iter().map(item), total)
    }

    /// The first of several events, and the number of remaining ones, which share its call but not always its details.
    fn deed(self, deed: &NotableAction) -> Item {
        let first = self.sentence(deed.time, deed.principal.as_deref(), &deed.what);
        let sessions =
            if deed.sessions > 1 { format!(" in {} sessions", digits(deed.sessions)) } else { String::new() };
        let text = match deed.events.saturating_sub(1) {
            0 => first,
            more => {
                let calls = more_calls(more, deed.event_key.as_deref());
                format!("{first}, and {calls}{sessions}, the last at {}", moment(deed.last_time))
            }
        };
        Item::about(text, deed.event_id.as_deref())
    }

    /// Denied calls by people and programs; then, in one sentence, calls that were denied while pages loaded.
    fn denied(self, denied: &[Denied], calls: u64) -> Option<Point> {
        let (aimed, beside): (Vec<&Denied>, Vec<&Denied>) = denied.iter().partition(|denied| denied.aimed);
        let item = |denied: &Denied| {
            let more = denied.calls.saturating_sub(1);
            let more = if more > 0 {
                format!(", and {}", more_calls(more, denied.event_key.as_deref()))
            } else {
                String::new()
            };
            let text = self.sentence(denied.time, denied.principal.as_deref(), &format!("{}{more}", denied.what));
            Item::about(text, denied.event_id.as_deref())
        };
        let of_aimed = aimed.first().map_or(0, |first| first.calls_of_sort);
        let mut items = shown(aimed.iter().map(|denied| (item(denied), denied.calls)), of_aimed);
        if let Some(first) = beside.first() {
            let names: Vec<String> = beside.iter().map(|denied| denied.what.clone()).collect();
            let calls = count(first.calls_of_sort, "call", "calls");
            items.push(format!("{calls} while pages loaded: {}", joined(&names)).into());
        }
        let tone = if aimed.is_empty() { Tone::Plain } else { Tone::Firm };
        (!items.is_empty()).then(|| Point { tone, head: format!("Denied calls: {}", digits(calls)), items })
    }
}

/// `12 more sts:AssumeRole calls`
fn more_calls(number: u64, call: Option<&str>) -> String {
    let call = call.map_or_else(String::new, |call| format!("{call} "));
    format!("{} more {call}{}", digits(number), if number == 1 { "call" } else { "calls" })
}

/// Credentials that one session created and another used.
fn links(links: &[Link]) -> Option<Point> {
    let made: Vec<&Link> = links.iter().filter(|link| link.made).collect();
    let item = |link: &&Link| {
        let failed = if link.failed > 0 { format!(" ({} failed)", digits(link.failed)) } else { String::new() };
        let what = format!(
            "{} {}, created by {} at {}: {} by {}{failed} from {}, {} UTC ({})",
            link.credential_type.replace('_', " "),
            link.credential,
            who(link.maker.as_deref()),
            moment(link.made_at),
            count(link.calls, "call", "calls"),
            who(link.user.as_deref()),
            joined(&link.ips),
            period(link.first_time, link.last_time),
            joined(&link.event_keys),
        );
        (Item::about(what, link.event_id.as_deref()), 1)
    };
    let total = made.len() as u64;
    let head = format!("Keys, passwords and users that were created and later used: {}", digits(total));
    point(Tone::Strong, head, made.iter().map(item), total)
}

/// Downloaded objects; more important if a credential created in the case was used.
fn taken(taken: &[Taken], total: u64) -> Option<Point> {
    let first = taken.first()?;
    let size = |bytes: Option<u64>| bytes.map_or_else(|| "unknown size".to_owned(), words::size);
    let item = |one: &Taken| {
        let text = format!(
            "{} · {} downloaded {} from {} ({}), connecting from {}, the last at {}{}",
            moment(one.first_time),
            who(one.principal.as_deref()),
            count(one.objects.unwrap_or_default(), "object", "objects"),
            one.source.as_deref().unwrap_or("an unknown bucket"),
            size(one.bytes_out),
            joined(&one.ips),
            moment(one.last_time),
            one.behind.as_ref().map(|behind| format!(", with a credential that {behind} created")).unwrap_or_default(),
        );
        (Item::about(text, one.event_id.as_deref()), 1)
    };
    let tone = if first.by_made_credential { Tone::Strong } else { Tone::Plain };
    let all = objects(first.all_objects.unwrap_or_default(), first.all_bytes);
    let head = format!("Objects downloaded, according to data events: {all}");
    point(tone, head, taken.iter().map(item), total)
}

fn networks(networks: &[Network], total: u64) -> Option<Point> {
    let item = |network: &Network| {
        let (who, since) = (who(network.principal.as_deref()), moment(network.known_since));
        let known: Vec<&str> = [&network.country, &network.owner].into_iter().flatten().map(String::as_str).collect();
        let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
        let after = match network.active_days {
            0 => lasted(network.known_since, network.time),
            days => format!("{} of activity", count(days, "day", "days")),
        };
        let short = if network.too_short { "; the history is too short to judge whether this is unusual" } else { "" };
        let text = format!("{who}, known since {since}, first seen from {}{known}", network.network);
        (format!("{} · {text}, after {after}{short}", moment(network.time)).into(), 1)
    };
    let head = format!("New networks for known identities: {}", digits(total));
    point(Tone::Firm, head, networks.iter().map(item), total)
}

fn unexplained(events: u64) -> Option<Point> {
    let head = format!("Console events without a recognized click: {}", digits(events));
    let item = "They are listed under Reliability and are worth reviewing.".to_owned();
    (events > 0).then(|| Point { tone: Tone::Plain, head, items: vec![item.into()] })
}

/// A point, if there is anything to report.
fn point(tone: Tone, head: String, items: impl Iterator<Item = (Item, u64)>, total: u64) -> Option<Point> {
    (total > 0).then(|| Point { tone, head, items: shown(items, total) })
}

/// The first sentences, and a sentence with the number of events that they do not cover.
fn shown(items: impl Iterator<Item = (Item, u64)>, total: u64) -> Vec<Item> {
    let (mut items, counts): (Vec<Item>, Vec<u64>) = items.take(SHOWN).unzip();
    let more = total.saturating_sub(counts.iter().sum());
    if more > 0 {
        items.push(format!("and {} more", digits(more)).into());
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_page_and_report_use_same_nouns() {
        let page = include_str!("../../../sql/serve/setup.sql");
        for aspect in Aspect::ALL {
            let (one, many) = noun(aspect);
            assert!(page.contains(&format!("'{one}', '{many}')")), "{one}, {many}");
        }
    }

    #[test]
    fn heading_counts_events_and_attempts() {
        assert_eq!(heading(Aspect::Watch), "Log or detector changes");
        let ends = [(1, 0), (3, 1), (0, 2)].map(|(done, tried)| ended_how(done, tried));
        assert_eq!(ends, ["1 event", "3 events, 1 attempt", "no success, 2 attempts"]);
    }
}
