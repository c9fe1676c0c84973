//! The assignment of events to signals. An event belongs to at most one signal.

use crate::rule::shape::ShapeId;
use crate::rule::{Rule, RuleId};
use crate::signal::{ConfidenceFeatures, Origin, Role};

/// Which events in a stretch are already assigned.
#[derive(Debug)]
pub(super) struct Claims {
    taken: Vec<bool>,
}

impl Claims {
    pub(super) fn new(events: usize) -> Self {
        Self { taken: vec![false; events] }
    }

    pub(super) fn is_free(&self, event: usize) -> bool {
        !self.taken[event]
    }

    pub(super) fn take(&mut self, members: &[(usize, Role)]) {
        for (event, _) in members {
            self.taken[*event] = true;
        }
    }
}

/// A matched signal. Events are indices into the stretch.
#[derive(Debug, Clone)]
pub(super) struct MatchedSignal {
    pub(super) rule: RuleId,
    /// The rule that matched, before taking the signals around it into account.
    pub(super) matched_rule: RuleId,
    pub(super) anchor: usize,
    /// The events with their roles, in order.
    pub(super) members: Vec<(usize, Role)>,
    pub(super) origin: Origin,
    pub(super) confidence: f64,
    pub(super) evidence: Option<ConfidenceFeatures>,
    /// Required calls that were not seen.
    pub(super) missing: Vec<String>,
}

/// The role of an event in a page: its anchor, or one of the rule's required or optional calls.
pub(super) fn role_of(rule: &Rule, is_anchor: bool, part: u16) -> Role {
    match rule.parts[usize::from(part)].required {
        _ if is_anchor => Role::Anchor,
        true => Role::Required,
        false => Role::Optional,
    }
}

impl MatchedSignal {
    pub(super) fn first(&self) -> usize {
        self.members.first().map_or(self.anchor, |(event, _)| *event)
    }

    pub(super) fn last(&self) -> usize {
        self.members.last().map_or(self.anchor, |(event, _)| *event)
    }

    /// Adds the events of `other` to this signal.
    pub(super) fn merge(&mut self, other: &Self) {
        self.members.extend(other.members.iter().map(|(event, _)| (*event, Role::Merged)));
        self.members.sort_unstable();
    }

    /// Whether every event has one of these shapes.
    pub(super) fn is_only(&self, shapes: &[ShapeId], shape_of: impl Fn(usize) -> Option<ShapeId>) -> bool {
        self.members.iter().all(|(event, _)| shape_of(*event).is_some_and(|shape| shapes.contains(&shape)))
    }
}
