//! Votes: how strongly an event supports each rule, by its similarity to the rule's shapes.

use foldhash::HashMap;

use super::prepared::Prepared;
use crate::rule::shape::ShapeId;
use crate::rule::{RuleId, RuleSet, Use};

/// Similarities up to this value are ignored.
const MIN_NEARNESS: f64 = 0.2;
/// An event supports a rule only if its similarity is at least this share of its best similarity to any rule.
const MIN_RELATIVE_NEARNESS: f64 = 0.55;
/// Shapes whose similarity is at least this share of the best similarity are considered equally likely.
pub(super) const NEARLY_EQUAL: f64 = 0.9;
/// The maximum similarity to a shape other than the event's own, including more general shapes that it matches.
const MAX_INEXACT: f64 = 0.97;

/// An event's support for one rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vote {
    /// The index of the rule's part that the event would be.
    pub(super) part: u16,
    /// Whether the rule can start with it.
    pub(super) anchor: bool,
    /// The similarity to the part's shape, from 0 to 1; 1 if the event exactly matches that shape.
    pub(super) nearness: f64,
    /// How much of the part it counts for, from 0 to 1. It is low if the event matches other shapes better.
    pub(super) weight: f64,
    /// The difference from a full match, in nats.
    pub(super) distance: f64,
    /// Whether the event exactly matches another shape, possibly a more specific one, or is clearly nearer to another
    /// shape.
    pub(super) is_others: bool,
}

impl Vote {
    fn new(usage: Use, nearness: f64) -> Self {
        Self { part: usage.part, anchor: usage.anchor, nearness, weight: 1.0, distance: 0.0, is_others: false }
    }

    /// Sets the weight relative to the event's best similarity.
    fn weigh(&mut self, nearest: f64, is_exact: bool) {
        self.weight = self.nearness * (self.nearness / nearest).powi(3);
        self.distance = -self.weight.max(1e-6).ln();
        self.is_others = if is_exact { self.nearness < 1.0 } else { self.nearness < NEARLY_EQUAL * nearest };
    }
}

/// The votes of one event: the best for each rule.
pub(super) type Votes = HashMap<RuleId, Vote>;

/// The votes of an event for all rules that use its call.
pub(super) fn votes(rules: &RuleSet, event: &Prepared<'_>) -> Votes {
    let mut votes = Votes::default();
    for (shape, nearness) in nearnesses(rules, event) {
        for vote in rules.uses(shape).iter().map(|usage| (usage.rule, Vote::new(*usage, nearness))) {
            let best = votes.entry(vote.0).or_insert(vote.1);
            if best.nearness < nearness {
                *best = vote.1;
            }
        }
    }
    let is_exact = event.shape.is_some();
    let nearest = votes.values().map(|vote| vote.nearness).fold(0.0, f64::max);
    votes.retain(|_, vote| vote.nearness >= MIN_NEARNESS && vote.nearness >= MIN_RELATIVE_NEARNESS * nearest);
    for vote in votes.values_mut() {
        vote.weigh(nearest, is_exact);
    }
    votes
}

/// The similarity of the event to each shape of its call, or of the older call that it replaces. If the event's shape
/// is identified by the caller alone, it is the only one.
pub(super) fn nearnesses(rules: &RuleSet, event: &Prepared<'_>) -> Vec<(ShapeId, f64)> {
    if let Some(shape) = event.shape.filter(|shape| rules.is_of_any_call(*shape)) {
        return vec![(shape, 1.0)];
    }
    let known = event.known_call.and_then(|call| Some((call, rules.vocabulary(call)?)));
    let Some((call, vocabulary)) = known else { return Vec::new() };
    let (subject, drifted) = (event.subject(), vocabulary.read(event.request().value()));
    let nearness = |shape: ShapeId| match event.shape {
        Some(own) if own == shape => 1.0,
        _ => rules.shape(shape).nearness(&subject, &drifted).min(MAX_INEXACT),
    };
    rules.shapes_of(call).iter().map(|shape| (*shape, nearness(*shape))).collect()
}

/// The minimum similarity of a likely shape.
const MIN_LIKELY_NEARNESS: f64 = 0.7;

/// The shape that an event most likely has: the one that it matches, if that shape tests the request. Otherwise the
/// most specific of the nearest shapes.
pub(super) fn likely(rules: &RuleSet, event: &Prepared<'_>) -> Option<ShapeId> {
    let is_specific = |shape: &ShapeId| rules.is_of_any_call(*shape) || rules.shape(*shape).tests_request();
    if event.is_shell() || event.shape.is_some_and(|shape| is_specific(&shape)) {
        return event.shape;
    }
    let all = nearnesses(rules, event);
    let nearest = all.iter().map(|(_, nearness)| *nearness).fold(MIN_LIKELY_NEARNESS, f64::max);
    // Shapes are sorted from the most specific to the least specific.
    all.into_iter()
        .find(|(_, nearness)| *nearness >= MIN_LIKELY_NEARNESS && *nearness >= NEARLY_EQUAL * nearest)
        .map(|(shape, _)| shape)
}
