//! Adds failed calls to a page's sentence: an attempted action, or a page to which access was denied.

use super::claim::MatchedSignal;
use super::prepared::{Prepared, PreparedStretch};
use crate::call;
use crate::rule::RuleSet;
use crate::signal::{Kind, Role, Signal};

/// Adds to a signal's sentence what failed, unless its rule does so itself.
pub(super) fn describe(rules: &RuleSet, events: &[Prepared<'_>], found: &MatchedSignal, signal: &mut Signal) {
    let is_mentioned = |code: &str| signal.summary.contains(code);
    if let Some(failed) = failure(rules, events, found).filter(|_| is_action(signal.kind)) {
        signal.summary = call::CallTable::shipped().describe(&events[failed].call()).summary;
        return;
    }
    // An export without responses does not show whether a sign-in succeeded.
    let is_unknown = |event: usize| call::CallTable::shipped().outcome(&events[event].call()) == call::Outcome::Unknown;
    if signal.kind == Kind::Login && found.members.iter().any(|(event, _)| is_unknown(*event)) {
        if let Some(rest) = signal.summary.strip_prefix("Signed in") {
            signal.summary = format!("Tried to sign in{rest}; the record does not show whether it succeeded");
        }
        return;
    }
    let is_denied = |code: &str| rules.words().is_denial(code) && !is_mentioned(code);
    let members = found.members.iter().map(|(event, _)| events[*event].row);
    let mut calls: Vec<&str> =
        members.filter(|row| row.error_code.is_some_and(is_denied)).map(|row| row.call).collect();
    calls.sort_unstable();
    calls.dedup();
    if !calls.is_empty() {
        signal.summary.extend(["; denied: ", &calls.join(", ")]);
    }
}

/// The call whose failure means that the action failed: the anchor, or, if the anchor is a read, the first of the
/// required calls that change something, provided that all of them failed.
fn failure(rules: &RuleSet, events: &[Prepared<'_>], found: &MatchedSignal) -> Option<usize> {
    let stretch = PreparedStretch { rules, events };
    let has_failed = |event: usize| events[event].row.error_code.is_some();
    let anchor = Some(found.anchor).filter(|anchor| has_failed(*anchor));
    if stretch.changes(found.anchor) {
        return anchor;
    }
    let required = found.members.iter().filter(|(_, role)| *role == Role::Required).map(|(event, _)| *event);
    let changes: Vec<usize> = required.filter(|event| stretch.changes(*event)).collect();
    let first = changes.first().copied().or(anchor);
    first.filter(|_| changes.iter().all(|event| has_failed(*event)))
}

/// Whether a signal of this kind states that something was done.
const fn is_action(kind: Kind) -> bool {
    matches!(kind, Kind::Change | Kind::Create | Kind::Delete | Kind::Secret)
}
