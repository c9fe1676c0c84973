//! Failed calls of a page say so: what was tried in vain, or what a page was denied.

use super::claim::Found;
use super::prepare::Prepared;
use crate::rule::RuleSet;
use crate::signal::{Kind, Signal};

/// Adds to a signal's sentence what failed, unless its rule says so itself.
pub(super) fn tell(rules: &RuleSet, events: &[Prepared<'_>], found: &Found, signal: &mut Signal) {
    let anchor = events[found.anchor].row;
    let said = |code: &str| signal.summary.contains(code);
    if let Some(code) = anchor.error_code.filter(|code| is_deed(signal.kind) && !said(code)) {
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

/// Whether a signal of that kind claims that something was done.
const fn is_deed(kind: Kind) -> bool {
    matches!(kind, Kind::Change | Kind::Create | Kind::Delete | Kind::Secret)
}

fn lowered(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
