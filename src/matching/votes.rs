//! Which pages an event speaks for, and how much: the nearer it comes to a shape of theirs, the more.

use rustc_hash::FxHashMap;

use super::prepare::Prepared;
use crate::rule::drift::Vocabulary;
use crate::rule::{RuleId, RuleSet};

/// An event that comes no nearer to any shape says nothing.
const FAR: f64 = 0.2;
/// An event speaks for a page only if it comes nearly as near to it as to the page it is nearest to.
const SECOND: f64 = 0.55;

/// How an event speaks for one rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vote {
    /// The part of the rule that it would be.
    pub(super) part: u16,
    /// The rule can start from it.
    pub(super) anchor: bool,
    /// How near it comes to the part's shape, up to 1.
    pub(super) nearness: f64,
    /// The same, as a share of how near it comes to any shape.
    pub(super) share: f64,
}

/// One event's votes, the best for each rule.
pub(super) type Votes = FxHashMap<RuleId, Vote>;

/// For each rule that makes the event's call, how the event speaks for it.
pub(super) fn votes(rules: &RuleSet, event: &Prepared<'_>) -> Votes {
    let mut votes = Votes::default();
    let Some(call) = rules.known_call(event.row.call) else { return votes };
    let Some(vocabulary) = rules.vocabulary(call) else { return votes };
    for (shape, nearness) in nearnesses(rules, event, call, vocabulary) {
        for usage in rules.uses(shape) {
            let vote = Vote { part: usage.part, anchor: usage.anchor, nearness, share: nearness };
            let best = votes.entry(usage.rule).or_insert(vote);
            if best.nearness < nearness {
                *best = vote;
            }
        }
    }
    let nearest = votes.values().map(|vote| vote.nearness).fold(0.0, f64::max);
    votes.retain(|_, vote| vote.nearness >= FAR && vote.nearness >= SECOND * nearest);
    votes.values_mut().for_each(|vote| vote.share = vote.nearness / nearest);
    votes
}

fn nearnesses<'r>(
    rules: &'r RuleSet,
    event: &Prepared<'_>,
    call: &str,
    vocabulary: &Vocabulary,
) -> Vec<(crate::rule::shape::ShapeId, f64)> {
    let drifted = vocabulary.read(&event.request);
    let subject = event.subject();
    let nearness = |shape| match event.shape {
        Some(own) if own == shape => 1.0,
        _ => rules.shape(shape).nearness(&subject, &drifted).min(NOT_EXACT),
    };
    rules.shapes_of(call).iter().map(|shape| (*shape, nearness(*shape))).collect()
}

/// A shape that fits less particularly than another one comes no nearer than this.
const NOT_EXACT: f64 = 0.97;
