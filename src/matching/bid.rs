//! A page's bid for the events of a burst: what of the page was seen, and what that is worth.

use super::claim::{Found, role_of};
use super::votes::Vote;
use crate::rule::{Rule, RuleId};
use crate::signal::{Kind, Origin};

/// What an optional call that was seen is worth, a required one being worth 1.
const OPTIONAL: f64 = 0.5;
/// What a bid keeps of its worth if none of its events is one that the page starts from.
const NO_ANCHOR: f64 = 0.7;
/// What the bid of a page that nobody clicks keeps of its worth.
const BACKGROUND: f64 = 0.7;
/// How sure the best bid can be: it is not the letter.
pub(super) const MOST: f64 = 0.95;

/// What one page offers.
#[derive(Debug)]
pub(super) struct Bid {
    pub(super) rule: RuleId,
    /// The event it starts from.
    pub(super) anchor: usize,
    pub(super) members: Vec<(usize, Vote)>,
    /// The share of what the page requires that was seen, by how near it comes.
    pub(super) coverage: f64,
    /// How near its events come to the shapes, on average.
    pub(super) nearness: f64,
    /// What the competition goes by.
    pub(super) worth: f64,
}

impl Bid {
    pub(super) fn new(id: RuleId, rule: &Rule, anchor: (usize, Vote), members: Vec<(usize, Vote)>) -> Self {
        let (coverage, explained) = seen(rule, &members);
        let start = if anchor.1.anchor { 1.0 } else { NO_ANCHOR };
        let kind = if rule.kind == Kind::Background { BACKGROUND } else { 1.0 };
        Self {
            rule: id,
            anchor: anchor.0,
            coverage,
            nearness: mean(members.iter().map(|(_, vote)| vote.nearness)),
            worth: start * kind * coverage.powi(3) * explained,
            members,
        }
    }

    /// Whether it would take this event.
    pub(super) fn takes(&self, event: usize) -> bool {
        self.members.iter().any(|(member, _)| *member == event)
    }

    /// The required calls that were not seen.
    pub(super) fn missing(&self, rule: &Rule) -> Vec<String> {
        let seen = |part: usize| self.members.iter().any(|(_, vote)| usize::from(vote.part) == part);
        let missing = rule.parts.iter().enumerate().filter(|(index, part)| part.required && !seen(*index));
        missing.map(|(_, part)| part.call.clone()).collect()
    }

    /// Whether the page is met to the letter after all; `missing` is what it lacks.
    fn is_letter(&self, missing: &[String]) -> bool {
        missing.is_empty() && self.members.iter().all(|(_, vote)| vote.nearness >= 1.0)
    }

    /// How sure the page is, if it gets the events; `missing` is what it lacks.
    pub(super) fn confidence(&self, missing: &[String]) -> f64 {
        if self.is_letter(missing) { 1.0 } else { (self.coverage * self.nearness).sqrt() * MOST }
    }

    /// The bid, won.
    pub(super) fn found(&self, rule: &Rule) -> Found {
        let member = |(event, vote): &(usize, Vote)| (*event, role_of(rule, *event == self.anchor, vote.part));
        let missing = self.missing(rule);
        Found {
            rule: self.rule,
            met: self.rule,
            anchor: self.anchor,
            members: self.members.iter().map(member).collect(),
            origin: if self.is_letter(&missing) { Origin::Letter } else { Origin::Likeness },
            confidence: self.confidence(&missing),
            missing,
        }
    }
}

/// The share of what the rule requires that was seen, and how much of it all. Of a rule that requires nothing, its best.
fn seen(rule: &Rule, members: &[(usize, Vote)]) -> (f64, f64) {
    let (mut required, mut asked, mut explained) = (0.0, 0.0, 0.0);
    let mut best: f64 = 0.0;
    for (index, part) in rule.parts.iter().enumerate() {
        let of_part = members.iter().filter(|(_, vote)| usize::from(vote.part) == index);
        let weight = of_part.map(|(_, vote)| vote.weight()).fold(0.0, f64::max);
        best = best.max(weight);
        if part.required {
            required += weight;
            asked += 1.0;
        }
        explained += weight * if part.required { 1.0 } else { OPTIONAL };
    }
    (if asked > 0.0 { required / asked } else { best }, explained)
}

#[expect(clippy::cast_precision_loss, reason = "a signal has at most some thousand events")]
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}
