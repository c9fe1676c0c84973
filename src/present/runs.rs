//! Folds a session's entries into the lines of its timeline.

use super::report::size;
use super::rows::{Class, Entry};
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
    entries.chunk_by(|one, next| folds(one, next)).filter_map(|entries| {
        let first = *entries.first()?;
        Some(Run { first, entries })
    })
}

/// Only events fold, and never across midnight, where the timeline shows the date. Reads of one service fold together. Calls
/// that change something or read a secret fold only with calls of the same name and outcome. Calls that stand out fold only
/// with calls that also name the same resources, so that no user, key or grant is missing from the lines. The web page uses
/// the same rule: `sql/serve/lines.sql`.
fn folds(one: &Entry, next: &Entry) -> bool {
    let is_like =
        one.class.is_event() && one.class == next.class && one.service == next.service && day(one) == day(next);
    let matters = |entry: &Entry| entry.writes || entry.stands_out || entry.kind == Some(Kind::Secret);
    let is_same_call = one.title == next.title && one.error_code == next.error_code;
    let names_same = one.stands_out == next.stands_out && (!one.stands_out || one.resources == next.resources);
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

    /// How many of its events were denied or failed.
    pub(super) fn failed(&self) -> u64 {
        self.entries.iter().map(|entry| entry.failed_events).sum()
    }

    /// The number of bytes that its events downloaded, if known for all of them.
    fn bytes_out(&self) -> Option<u64> {
        self.entries.iter().try_fold(0_u64, |sum, entry| sum.checked_add(entry.bytes_out?))
    }

    /// The confidence of the signal, if it is less than [`SURE`]: `0.72`. Rounded down.
    pub(super) fn certainty(&self) -> Option<String> {
        let doubt = self.first.confidence.filter(|confidence| *confidence < SURE);
        doubt.map(|doubt| format!("{:.2}", (doubt * 100.0).floor() / 100.0))
    }

    /// The sentence: that of the signal or call, that of the first of several calls with the same name, or a list of the
    /// service's calls: `iam: ListUsers ×2, GetUser`.
    pub(super) fn sentence(&self) -> String {
        let is_one = self.entries.iter().all(|entry| entry.title == self.first.title);
        if self.first.class.is_event() && (!is_one || self.first.summary.is_none()) {
            return self.calls();
        }
        let own = self.first.summary.as_ref().or(self.first.title.as_ref()).cloned().unwrap_or_default();
        match self.entries.len() {
            0 | 1 => own,
            count => {
                let total = self.bytes_out().map(|bytes| format!(", {} in total", size(bytes))).unwrap_or_default();
                format!("{own}, and {}{total}", more_calls(count - 1))
            }
        }
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

fn more_calls(number: usize) -> String {
    format!("{number} more {}", if number == 1 { "call" } else { "calls" })
}

fn times_of(call: &str, times: u64) -> String {
    if times > 1 { format!("{call} ×{times}") } else { call.to_owned() }
}
