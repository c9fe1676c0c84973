//! Which pages an event speaks for, and how much: the nearer it comes to a shape of theirs, the more.

use rustc_hash::FxHashMap;

use super::generic::is_shell;
use super::prepare::Prepared;
use crate::rule::shape::ShapeId;
use crate::rule::{RuleId, RuleSet, Use};

/// An event that comes no nearer to any shape says nothing.
const FAR: f64 = 0.2;
/// An event speaks for a page only if it comes at least this share as near to it as to the page it is nearest to.
const SECOND: f64 = 0.55;
/// Shapes that come nearly as near as the nearest one may as well be the event's.
pub(super) const NEARLY: f64 = 0.9;
/// No shape comes nearer than this but the one that the event is of: also a wider one that it fits.
const NOT_EXACT: f64 = 0.97;

/// How an event speaks for one rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vote {
    /// The part of the rule that it would be.
    pub(super) part: u16,
    /// The rule can start from it.
    pub(super) anchor: bool,
    /// How near it comes to the part's shape; 1 if it is of that shape.
    pub(super) nearness: f64,
    /// How much of the part it stands for: a shape that fits others better counts for little.
    pub(super) weight: f64,
    /// How far that is from a whole part, in nats.
    pub(super) distance: f64,
    /// The event is exactly of another shape, or comes clearly nearer to one: perhaps a narrower one, which is the better
    /// reason then.
    pub(super) is_others: bool,
}

impl Vote {
    fn new(usage: Use, nearness: f64) -> Self {
        Self { part: usage.part, anchor: usage.anchor, nearness, weight: 1.0, distance: 0.0, is_others: false }
    }

    /// Weighs it against the shape that the event comes nearest to.
    fn weigh(&mut self, nearest: f64, is_exact: bool) {
        self.weight = self.nearness * (self.nearness / nearest).powi(3);
        self.distance = -self.weight.max(1e-6).ln();
        self.is_others = if is_exact { self.nearness < 1.0 } else { self.nearness < NEARLY * nearest };
    }
}

/// One event's votes, the best for each rule.
pub(super) type Votes = FxHashMap<RuleId, Vote>;

/// For each rule that makes the event's call, how the event speaks for it.
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
    votes.retain(|_, vote| vote.nearness >= FAR && vote.nearness >= SECOND * nearest);
    for vote in votes.values_mut() {
        vote.weigh(nearest, is_exact);
    }
    votes
}

/// How near the event comes to each shape of its call, or of the call that it succeeds. One that is told by its caller
/// alone is of that shape and of no other.
pub(super) fn nearnesses(rules: &RuleSet, event: &Prepared<'_>) -> Vec<(ShapeId, f64)> {
    if let Some(shape) = event.shape.filter(|shape| rules.is_of_any_call(*shape)) {
        return vec![(shape, 1.0)];
    }
    let known = event.known_call.and_then(|call| Some((call, rules.vocabulary(call)?)));
    let Some((call, vocabulary)) = known else { return Vec::new() };
    let (subject, drifted) = (event.subject(), vocabulary.read(event.request().value()));
    let nearness = |shape: ShapeId| match event.shape {
        Some(own) if own == shape => 1.0,
        _ => rules.shape(shape).nearness(&subject, &drifted).min(NOT_EXACT),
    };
    rules.shapes_of(call).iter().map(|shape| (*shape, nearness(*shape))).collect()
}

/// A shape that comes no nearer than this is not likely the event's.
const NEAR: f64 = 0.7;

/// The shape that an event is most likely of. That is the one that it fits, if this one asks anything of the request.
/// Otherwise it is the most particular of those that it comes nearest to.
pub(super) fn likely(rules: &RuleSet, event: &Prepared<'_>) -> Option<ShapeId> {
    let says = |shape: &ShapeId| rules.is_of_any_call(*shape) || rules.shape(*shape).asks_for_a_request();
    if is_shell(event.row.client) || event.shape.is_some_and(|shape| says(&shape)) {
        return event.shape;
    }
    let all = nearnesses(rules, event);
    let nearest = all.iter().map(|(_, nearness)| *nearness).fold(NEAR, f64::max);
    // The shapes come in order, the most particular first.
    all.into_iter().find(|(_, nearness)| *nearness >= NEAR && *nearness >= NEARLY * nearest).map(|(shape, _)| shape)
}
