//! Which of a session's clicks change with a different set of rules.

use std::collections::BTreeSet;

use foldhash::HashMap;

use crate::matching::{SessionRows, map};
use crate::rule::RuleSet;
use crate::signal::{Kind, Signal};

/// How a click changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClickChange {
    /// Another rule explains it.
    Renamed,
    /// The same rule explains it, but with different events.
    Regrouped,
    /// The same rule and events, but found in a different way.
    Origin,
    /// The title or the sentence is different.
    Reworded,
    /// Only the new rules find it.
    Added,
    /// Only the old rules find it.
    Removed,
}

impl ClickChange {
    /// The name in output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Regrouped => "regrouped",
            Self::Origin => "origin",
            Self::Reworded => "reworded",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// One click that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedClick {
    /// How.
    pub change: ClickChange,
    /// With the old rules.
    pub old: Option<Signal>,
    /// With the new rules.
    pub new: Option<Signal>,
}

impl ChangedClick {
    /// The click as found by the new rules, if they find it.
    pub fn signal(&self) -> Option<&Signal> {
        self.new.as_ref().or(self.old.as_ref())
    }
}

/// The clicks in a session that differ, in order of time. Each click in one set is compared with the click in the other
/// set that shares the most events with it.
pub fn diff(old: &RuleSet, new: &RuleSet, session: &SessionRows<'_>) -> Vec<ChangedClick> {
    let clicks = |rules: &RuleSet| -> Vec<Signal> {
        map(rules, session).into_iter().filter(|signal| signal.kind != Kind::Background).collect()
    };
    let (before, after) = (clicks(old), clicks(new));
    let mut by_event: HashMap<&str, usize> = HashMap::default();
    for (at, signal) in after.iter().enumerate() {
        by_event.extend(signal.events.iter().map(|member| (member.event_id.as_str(), at)));
    }
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (at, signal) in before.iter().enumerate() {
        let mut shared: HashMap<usize, usize> = HashMap::default();
        for other in signal.events.iter().filter_map(|member| by_event.get(member.event_id.as_str())) {
            *shared.entry(*other).or_default() += 1;
        }
        pairs.extend(shared.into_iter().map(|(other, count)| (count, at, other)));
    }
    pairs.sort_by_key(|(count, at, other)| {
        (std::cmp::Reverse(*count), before[*at].rule_id != after[*other].rule_id, *at, *other)
    });
    let (mut of_old, mut of_new) = (vec![None; before.len()], vec![None; after.len()]);
    for (_, at, other) in pairs {
        if of_old[at].is_none() && of_new[other].is_none() {
            (of_old[at], of_new[other]) = (Some(other), Some(at));
        }
    }
    let mut changes: Vec<ChangedClick> = Vec::new();
    for (signal, other) in before.iter().zip(&of_old) {
        let other = other.map(|other| &after[other]);
        let change = other.map_or(Some(ClickChange::Removed), |other| change(signal, other));
        changes.extend(change.map(|change| ChangedClick { change, old: Some(signal.clone()), new: other.cloned() }));
    }
    for (signal, _) in after.iter().zip(&of_new).filter(|(_, other)| other.is_none()) {
        changes.push(ChangedClick { change: ClickChange::Added, old: None, new: Some(signal.clone()) });
    }
    changes.sort_by_key(|change| change.signal().map(|signal| (signal.first_time, signal.anchor_event_id.clone())));
    changes
}

fn change(old: &Signal, new: &Signal) -> Option<ClickChange> {
    let events =
        |signal: &Signal| -> BTreeSet<String> { signal.events.iter().map(|member| member.event_id.clone()).collect() };
    if old.rule_id != new.rule_id {
        Some(ClickChange::Renamed)
    } else if events(old) != events(new) {
        Some(ClickChange::Regrouped)
    } else if old.origin != new.origin {
        Some(ClickChange::Origin)
    } else if (&old.title, &old.summary, &old.url) != (&new.title, &new.summary, &new.url) {
        Some(ClickChange::Reworded)
    } else {
        None
    }
}
