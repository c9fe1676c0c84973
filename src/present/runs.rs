//! Folds a session's entries into the lines of its timeline.

use std::collections::BTreeMap;

use super::report::size;
use super::rows::{Class, Entry};
use crate::event::Timestamp;
use crate::sigma::LEVELS;
use crate::signal::Kind;

/// At or above this value, the confidence is not shown: more than nine in ten of these signals are right.
const SURE: f64 = 0.9;

/// The maximum number of calls that a line names; the remaining calls are counted.
const NAMED: usize = 4;

/// One line: a signal, or consecutive events of one service without a signal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    /// Its first entry, whose time the line shows.
    pub(super) first: &'a Entry,
    entries: &'a [&'a Entry],
}

/// The lines of a session, in order.
pub(super) fn runs<'a>(entries: &'a [&'a Entry]) -> impl Iterator<Item = Run<'a>> {
    entries.chunk_by(|one, next| folds(one, next)).filter_map(Run::of)
}

/// How many similar lines of a program share one line in a report, and how long after one of them the next one may begin, in
/// microseconds: for calls that stand out, and for others.
const SIMILAR: usize = 4;
const NEAR: i64 = 60_000_000;
const NEAR_ROUTINE: i64 = 3_600_000_000;

/// The lines of a session in a report, in order: calls of a program with the same meaning and outcome share a line if there are
/// many of them near each other, even if other calls are in between.
pub(super) fn similar<'a>(entries: &[&'a Entry]) -> Vec<Vec<&'a Entry>> {
    let folds = |one: &&Entry, next: &&Entry| folds(one, next) && meaning(one) == meaning(next);
    let mut lines: Vec<Vec<&Entry>> = entries.chunk_by(folds).map(<[&Entry]>::to_vec).collect();
    let mut series: Vec<Vec<usize>> = Vec::new();
    let mut open = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        let Some(first) = line.first().filter(|_| is_one_call(line)) else { continue };
        let key = (first.title.as_deref().unwrap_or_default(), first.error_code.as_deref(), day(first), meaning(first));
        let near = |number: &usize| {
            let last = series.get(*number).and_then(|places| lines.get(*places.last()?)?.last());
            let most = if first.stands_out { NEAR } else { NEAR_ROUTINE };
            last.is_some_and(|last| first.time.0 - last.time.0 <= most)
        };
        if let Some(places) = open.get(&key).copied().filter(near).and_then(|number| series.get_mut(number)) {
            places.push(place);
        } else {
            open.insert(key, series.len());
            series.push(vec![place]);
        }
    }
    for places in series.iter().filter(|places| places.len() >= SIMILAR) {
        let mut all = Vec::new();
        for place in places {
            if let Some(line) = lines.get_mut(*place) {
                all.append(line);
            }
        }
        if let Some(line) = places.first().and_then(|place| lines.get_mut(*place)) {
            *line = all;
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The sentence of a call that changes something or stands out, without the names of the resources: a role that anybody may
/// assume has another meaning than one that only a service may assume. Sizes of routine uploads have no meaning.
fn meaning(entry: &Entry) -> Option<String> {
    let sentence = entry.summary.as_ref().filter(|_| entry.writes || entry.stands_out)?;
    let sentence = match sentence.rsplit_once(" (") {
        Some((routine, size)) if !entry.stands_out && (size.ends_with("B)") || size.ends_with("bytes)")) => routine,
        _ => sentence,
    };
    let mut names: Vec<&str> = entry.resources.as_deref().unwrap_or_default().split(", ").collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let names = names.into_iter().filter(|name| !name.is_empty());
    Some(names.fold(sentence.to_owned(), |sentence, name| sentence.replace(name, "…")))
}

/// Whether a line consists of calls of a program with one name.
fn is_one_call(line: &[&Entry]) -> bool {
    let title = line.first().map(|entry| &entry.title);
    line.iter().all(|entry| entry.class == Class::Programmatic && Some(&entry.title) == title)
}

impl<'a> Run<'a> {
    /// A line of these entries.
    pub(super) fn of(entries: &'a [&'a Entry]) -> Option<Self> {
        Some(Self { first: entries.first()?, entries })
    }
}

/// Only events fold, and never across midnight, where the timeline shows the date. Reads of one service fold together. Calls
/// that change something or read a secret fold only with calls of the same name and outcome. Calls that stand out fold only
/// with calls that also name the same resources, so that no user, key or grant is missing from the lines, unless they are
/// failed reads. The web page uses the same rule: `sql/serve/lines.sql`.
fn folds(one: &Entry, next: &Entry) -> bool {
    let is_like =
        one.class.is_event() && one.class == next.class && one.service == next.service && day(one) == day(next);
    // The first of several downloads can be a finding about all of them, so that it stays with the others.
    let stands_out = |entry: &Entry| entry.stands_out && entry.bytes_out.is_none();
    let matters = |entry: &Entry| entry.writes || stands_out(entry) || entry.kind == Some(Kind::Secret);
    let is_same_call = one.title == next.title && one.error_code == next.error_code;
    // Failed reads of many resources are one attempt after another.
    let names_matter = stands_out(one) && (one.writes || one.error_code.is_none());
    let names_same = stands_out(one) == stands_out(next) && (!names_matter || one.resources == next.resources);
    is_like && matters(one) == matters(next) && (is_same_call || !matters(one)) && names_same
}

/// Days since 1970.
pub(super) const fn day(entry: &Entry) -> i64 {
    entry.time.0.div_euclid(86_400_000_000)
}

impl Run<'_> {
    /// The number of events.
    pub(super) fn events(&self) -> u64 {
        self.entries.iter().map(|entry| entry.events).sum()
    }

    /// The IDs of its rows.
    pub(super) fn ids(&self) -> impl Iterator<Item = Option<&str>> {
        self.entries.iter().map(|entry| entry.id.as_deref())
    }

    /// The saved Sigma rules that match it, after their highest level: `high: Key created, Logging stopped`.
    pub(super) fn sigma(&self) -> Option<String> {
        let mut titles: Vec<&str> =
            self.entries.iter().flat_map(|entry| entry.sigma.iter().map(String::as_str)).collect();
        titles.sort_unstable();
        titles.dedup();
        let levels = self.entries.iter().filter_map(|entry| entry.sigma_level.as_deref());
        let level = levels.max_by_key(|level| LEVELS.iter().position(|known| known == level));
        let level = level.map_or_else(String::new, |level| format!("{level}: "));
        (!titles.is_empty()).then(|| format!("{level}{}", titles.join(", ")))
    }

    /// The label of the line: the signal's kind, or the class of its events.
    pub(super) fn label(&self) -> &'static str {
        match (self.first.class, self.first.kind) {
            (Class::Click | Class::Background, Some(kind)) => kind.as_str(),
            (Class::Programmatic, Some(_)) => "api",
            (class, _) => class.as_str(),
        }
    }

    /// The region, if all entries share it.
    pub(super) fn region(&self) -> Option<&str> {
        let region = self.first.region.as_deref();
        region.filter(|_| self.entries.iter().all(|entry| entry.region.as_deref() == region))
    }

    /// The error, if all entries share it.
    pub(super) fn error(&self) -> Option<&str> {
        let error = self.first.error_code.as_deref();
        error.filter(|_| self.entries.iter().all(|entry| entry.error_code.as_deref() == error))
    }

    /// The time of its last entry.
    pub(super) fn last_time(&self) -> Timestamp {
        self.entries.iter().map(|entry| entry.time).max().unwrap_or(self.first.time)
    }

    /// How many of its events were denied or failed.
    pub(super) fn failed(&self) -> u64 {
        self.entries.iter().map(|entry| entry.failed_events).sum()
    }

    /// The number of bytes that its events downloaded, if known for all of them.
    pub(super) fn bytes_out(&self) -> Option<u64> {
        self.entries.iter().try_fold(0_u64, |sum, entry| sum.checked_add(entry.bytes_out?))
    }

    /// The confidence of the signal, if it is less than [`SURE`]: `0.72`. Rounded down.
    pub(super) fn certainty(&self) -> Option<String> {
        let doubt = self.first.confidence.filter(|confidence| *confidence < SURE);
        doubt.map(|doubt| format!("{:.2}", (doubt * 100.0).floor() / 100.0))
    }

    /// The resources that the calls after the first one name, each once: in a report, the line does not lose any.
    pub(super) fn other_resources(&self) -> Vec<&str> {
        let mut named: Vec<&str> = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.stands_out && entry.bytes_out.is_none()) {
            let resources = entry.resources.as_deref().unwrap_or_default();
            if !resources.is_empty()
                && self.first.resources.as_deref() != Some(resources)
                && !named.contains(&resources)
            {
                named.push(resources);
            }
        }
        named
    }

    /// The sentence: that of the signal or call; for several calls with the same name, that of the first one that succeeded, or of
    /// the first one if none or all did; otherwise a list of the service's calls: `iam: ListUsers ×2, GetUser`.
    /// `sql/serve/timeline_lines.sql` does the same for the page.
    pub(super) fn sentence(&self) -> String {
        let is_one = self.entries.iter().all(|entry| entry.title == self.first.title);
        if self.first.class.is_event() && (!is_one || self.first.summary.is_none()) {
            return self.calls();
        }
        let own = |entry: &Entry| entry.summary.as_ref().or(entry.title.as_ref()).cloned().unwrap_or_default();
        if self.entries.len() < 2 {
            return own(self.first);
        }
        let total = self.bytes_out().map(|bytes| format!(", {} in total", size(bytes))).unwrap_or_default();
        let (failed, done): (Vec<&Entry>, Vec<&Entry>) = self.entries.iter().partition(|entry| entry.failed_events > 0);
        let Some(first) = done.first().filter(|_| !failed.is_empty()) else {
            return format!("{}, and {}{total}", own(self.first), more_calls(self.entries.len() - 1));
        };
        // A success matters more than the attempts before and after it.
        let more = if done.len() > 1 { format!(", and {}", more_calls(done.len() - 1)) } else { String::new() };
        let before = self.entries.iter().take_while(|entry| entry.failed_events > 0).count() == failed.len();
        let preposition = if before { "after" } else { "with" };
        format!("{}{more}{total}, {preposition} {}", own(first), attempts(&failed))
    }

    fn calls(&self) -> String {
        let service = self.first.service.as_deref().unwrap_or("?");
        let counted = self.counted(service);
        let mut named: Vec<String> = counted.iter().take(NAMED).map(|(call, times)| times_of(call, *times)).collect();
        if counted.len() > NAMED {
            named.push(more_calls(counted.len() - NAMED));
        }
        format!("{service}: {}", named.join(", "))
    }

    /// Each call and how often it was made, in order of first appearance.
    fn counted(&self, service: &str) -> Vec<(&str, u64)> {
        let mut counted: Vec<(&str, u64)> = Vec::new();
        for entry in self.entries {
            let call = bare_call(entry, service);
            match counted.iter_mut().find(|(known, _)| *known == call) {
                Some((_, times)) => *times += entry.events,
                None => counted.push((call, entry.events)),
            }
        }
        counted
    }
}

/// The call without its service, which the line shows once.
fn bare_call<'a>(entry: &'a Entry, service: &str) -> &'a str {
    let call = entry.title.as_deref().or(entry.summary.as_deref()).unwrap_or("?");
    call.strip_prefix(service).and_then(|rest| rest.strip_prefix(':')).unwrap_or(call)
}

/// `3 denied attempts`; `failed` unless all of them were denied.
fn attempts(failed: &[&Entry]) -> String {
    let is_denied = |entry: &&Entry| entry.summary.as_deref().is_some_and(|text| text.ends_with("access denied"));
    let how = if failed.iter().all(is_denied) { "denied" } else { "failed" };
    format!("{} {how} attempt{}", failed.len(), if failed.len() == 1 { "" } else { "s" })
}

fn more_calls(number: usize) -> String {
    format!("{number} more {}", if number == 1 { "call" } else { "calls" })
}

fn times_of(call: &str, times: u64) -> String {
    if times > 1 { format!("{call} ×{times}") } else { call.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(second: i64, title: &str, resource: &str) -> Entry {
        Entry {
            time: Timestamp(second * 1_000_000),
            class: Class::Programmatic,
            session_id: None,
            principal: None,
            account_id: None,
            region: None,
            kind: Some(Kind::Secret),
            service: title.split(':').next().map(str::to_owned),
            title: Some(title.to_owned()),
            summary: Some(format!("{title} {resource}")),
            confidence: None,
            events: 1,
            error_code: None,
            id: None,
            url: None,
            writes: true,
            failed_events: 0,
            stands_out: true,
            resources: Some(resource.to_owned()),
            bytes_out: None,
            sigma: Vec::new(),
            sigma_level: None,
        }
    }

    fn lines(entries: &[Entry]) -> Vec<String> {
        let entries: Vec<&Entry> = entries.iter().collect();
        similar(&entries).iter().filter_map(|line| Run::of(line)).map(|run| run.sentence()).collect()
    }

    #[test]
    fn success_is_stated_before_failed_attempts() {
        let assume = |second, error: Option<&str>| Entry {
            summary: Some(match error {
                Some("AccessDenied") => "Tried to assume role x: access denied".to_owned(),
                Some(error) => format!("Tried to assume role x: {error}"),
                None => "Assumed role x".to_owned(),
            }),
            error_code: error.map(str::to_owned),
            failed_events: u64::from(error.is_some()),
            writes: false,
            stands_out: false,
            kind: Some(Kind::View),
            ..call(second, "sts:AssumeRole", "x")
        };
        let sentences = |errors: &[Option<&str>]| {
            let entries: Vec<Entry> = (0_i64..).zip(errors).map(|(second, error)| assume(second, *error)).collect();
            let entries: Vec<&Entry> = entries.iter().collect();
            runs(&entries).map(|run| run.sentence()).collect::<Vec<_>>().join("|")
        };
        let denied = Some("AccessDenied");
        assert_eq!(sentences(&[denied, denied, None]), "Assumed role x, after 2 denied attempts");
        assert_eq!(sentences(&[denied, None, None]), "Assumed role x, and 1 more call, after 1 denied attempt");
        assert_eq!(sentences(&[None, Some("Throttling")]), "Assumed role x, with 1 failed attempt");
        assert_eq!(sentences(&[denied, denied]), "Tried to assume role x: access denied, and 1 more call");
    }

    #[test]
    fn nearby_similar_calls_share_line_in_report() {
        let mixed: Vec<Entry> = (0..4)
            .flat_map(|n| [call(n * 10, "ssm:Put", &format!("p{n}")), call(n * 10 + 1, "kms:Sign", &format!("k{n}"))])
            .collect();
        assert_eq!(lines(&mixed), ["ssm:Put p0, and 3 more calls", "kms:Sign k0, and 3 more calls"]);
        let entries: Vec<&Entry> = mixed.iter().collect();
        let folded = similar(&entries);
        let runs: Vec<Run<'_>> = folded.iter().filter_map(|line| Run::of(line)).collect();
        let others: Vec<Vec<&str>> = runs.iter().map(Run::other_resources).collect();
        assert_eq!(others, [["p1", "p2", "p3"], ["k1", "k2", "k3"]]);
        // A role that everyone can assume is not similar to roles that a service can assume.
        let roles: Vec<Entry> = (0..5)
            .map(|n| {
                let mut role = call(n, "iam:CreateRole", &format!("r{n}"));
                let by = if n == 2 { "everyone" } else { "ec2" };
                role.summary = Some(format!("Created role r{n} with a trust policy that lets {by} assume it"));
                role
            })
            .collect();
        let found = lines(&roles);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].ends_with("ec2 assume it, and 3 more calls") && found[1].contains("everyone"), "{found:?}");
        // Three calls, or calls more than a minute apart, are not merged.
        assert_eq!(lines(&mixed[..6]).len(), 6);
        let far: Vec<Entry> = (0..4).map(|n| call(n * 61, "ssm:Put", &format!("p{n}"))).collect();
        assert_eq!(lines(&far).len(), 4);
        // Calls that do not stand out may be up to an hour apart, and differ in size.
        let upload = |n: i64, pause: i64| Entry {
            summary: Some(format!("Uploaded b/{n}.pdf ({n}.5 kB)")),
            resources: Some(format!("{n}.pdf, b")),
            stands_out: false,
            ..call(n * pause, "s3:PutObject", "")
        };
        let uploads = |pause| {
            let others = |n| call(n * pause + 1, "kms:Sign", &format!("k{n}"));
            let found = lines(&(0..4).flat_map(|n| [upload(n, pause), others(n)]).collect::<Vec<_>>());
            found.into_iter().filter(|line| line.starts_with("Uploaded")).collect::<Vec<_>>()
        };
        assert_eq!(uploads(3600), ["Uploaded b/0.pdf (0.5 kB), and 3 more calls"]);
        assert_eq!(uploads(3601).len(), 4);
    }
}
