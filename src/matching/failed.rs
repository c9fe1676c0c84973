//! Failed calls of a page say so: what was tried in vain, or what a page was denied.

use super::claim::Found;
use super::prepare::Prepared;
use super::scene::Scene;
use crate::rule::RuleSet;
use crate::signal::{Kind, Role, Signal};

/// Adds to a signal's sentence what failed, unless its rule says so itself.
pub(super) fn tell(rules: &RuleSet, events: &[Prepared<'_>], found: &Found, signal: &mut Signal) {
    let said = |code: &str| signal.summary.contains(code);
    if let Some(code) = failure(rules, events, found).filter(|code| is_deed(signal.kind) && !said(code)) {
        let came = if rules.words().is_denial(code) { "was denied" } else { "failed" };
        signal.summary = format!("Tried and {came} ({code}): {}", lowered(&signal.summary));
        return;
    }
    let is_denied = |code: &str| rules.words().is_denial(code) && !said(code);
    let members = found.members.iter().map(|(event, _)| events[*event].row);
    let mut calls: Vec<&str> =
        members.filter(|row| row.error_code.is_some_and(is_denied)).map(|row| row.call).collect();
    calls.sort_unstable();
    calls.dedup();
    if !calls.is_empty() {
        signal.summary.extend(["; denied: ", &calls.join(", ")]);
    }
}

/// Why what was to be done failed: the anchor did, or where a read is the anchor, every required call that changes.
fn failure<'e>(rules: &RuleSet, events: &[Prepared<'e>], found: &Found) -> Option<&'e str> {
    let scene = Scene { rules, events };
    if scene.changes(found.anchor) {
        return events[found.anchor].row.error_code;
    }
    let required = found.members.iter().filter(|(_, role)| *role == Role::Required).map(|(event, _)| *event);
    let mut changes =
        required.filter(|event| scene.changes(*event)).map(|event| events[event].row.error_code).peekable();
    let first = changes.peek().copied().flatten().or(events[found.anchor].row.error_code);
    if changes.all(|code| code.is_some()) { first } else { None }
}

/// Whether a signal of that kind claims that something was done.
const fn is_deed(kind: Kind) -> bool {
    matches!(kind, Kind::Change | Kind::Create | Kind::Delete | Kind::Secret)
}

fn lowered(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
