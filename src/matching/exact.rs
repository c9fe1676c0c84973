//! Matching by exact shapes alone: every required call was seen in a known shape.
//!
//! Events are taken in order. For each free event that can start a rule, the free events around it that are parts of
//! the rule are collected, and all required calls must be among them. Among the rules that match, the one that explains
//! the most calls takes the events.

use std::ops::Range;

use super::claim::{Claims, MatchedSignal, role_of};
use super::prepared::Prepared;
use crate::event::Timestamp;
use crate::rule::schema::Basis;
use crate::rule::shape::ShapeId;
use crate::rule::shape_filter::ShapeFilter;
use crate::rule::{Rule, RuleId, RuleSet, TimeWindow};
use crate::signal::{Kind, Origin, Role};

/// A rule that matches around an anchor.
struct RuleMatch {
    rule: RuleId,
    calls: usize,
    required: usize,
}

/// Finds every rule whose required calls were all seen in exact shapes, and assigns its events.
pub(super) fn find(
    rules: &RuleSet,
    events: &[Prepared<'_>],
    claims: &mut Claims,
    shape_of: impl Fn(&Prepared<'_>) -> Option<ShapeId>,
) -> Vec<MatchedSignal> {
    let mut found: Vec<MatchedSignal> = Vec::new();
    let mut search = ExactSearch::new(rules, events, shape_of);
    // The rule of the last signal that is not background.
    let mut before = None;
    for index in 0..search.shaped.len() {
        let anchor = search.shaped[index];
        if !claims.is_free(anchor.event) {
            continue;
        }
        let Some(id) = search.best(claims, index, before) else { continue };
        let rule = rules.rule(rules.page(id));
        before = if rule.kind == Kind::Background { before } else { Some(rule) };
        let signal = signal(id, anchor.event, search.members(claims, anchor, id));
        claims.take(&signal.members);
        found.push(signal);
    }
    found
}

/// An event that has a known shape.
#[derive(Debug, Clone, Copy)]
struct ShapedEvent {
    event: usize,
    time: Timestamp,
    shape: ShapeId,
}

/// The state of a search around each anchor.
struct ExactSearch<'s> {
    rules: &'s RuleSet,
    /// All events with a known shape, in order. They are stored contiguously, because most of the time is spent
    /// iterating over them.
    shaped: Vec<ShapedEvent>,
    /// The indices in `shaped` that are within reach of any rule that the anchor can start.
    near: Range<usize>,
    /// The shapes of the free events among them.
    filter: ShapeFilter,
    /// Which parts of a rule were seen. The allocation is reused for every rule.
    seen: Vec<bool>,
}

impl<'s> ExactSearch<'s> {
    fn new(rules: &'s RuleSet, events: &[Prepared<'_>], shape_of: impl Fn(&Prepared<'_>) -> Option<ShapeId>) -> Self {
        let shaped = |(event, ready): (usize, &Prepared<'_>)| {
            Some(ShapedEvent { event, time: ready.time(), shape: shape_of(ready)? })
        };
        let shaped = events.iter().enumerate().filter_map(shaped).collect();
        Self { rules, shaped, near: 0..0, filter: ShapeFilter::default(), seen: Vec::new() }
    }

    /// The rule that explains the most calls around the anchor with this index.
    fn best(&mut self, claims: &Claims, index: usize, before: Option<&Rule>) -> Option<RuleId> {
        let rules = self.rules;
        let anchor = self.shaped[index];
        let window = rules.window(anchor.shape)?;
        self.collect_near(claims, index, window);
        let starts = rules.uses(anchor.shape).iter().filter(|usage| usage.anchor).map(|usage| usage.rule);
        // Only observed rules count here. A documented page that matches competes in the decoder.
        let observed = starts.filter(|rule| rules.rule(*rule).provenance.basis == Basis::Observed);
        let matches: Vec<RuleMatch> =
            observed.filter_map(|rule| self.match_rule(claims, anchor, rule, before)).collect();
        let loses =
            |rule: RuleId| matches.iter().any(|other| rules.rule(other.rule).takes_precedence_over.contains(&rule));
        matches
            .iter()
            .filter(|found| !loses(found.rule))
            .max_by_key(|found| (found.required, found.calls, std::cmp::Reverse(found.rule)))
            .map(|found| found.rule)
    }

    /// Collects the events within reach of an anchor.
    fn collect_near(&mut self, claims: &Claims, index: usize, window: TimeWindow) {
        let (from, to) = window.around(self.shaped[index].time);
        let (earlier, later) = self.shaped.split_at(index);
        let before = earlier.iter().rev().take_while(|event| event.time >= from).count();
        let after = later.iter().take_while(|event| event.time <= to).count();
        self.near = index - before..index + after;
        let free = self.shaped[self.near.clone()].iter().filter(|event| claims.is_free(event.event));
        self.filter = free.map(|event| event.shape).collect();
    }

    fn match_rule(
        &mut self,
        claims: &Claims,
        anchor: ShapedEvent,
        id: RuleId,
        before: Option<&Rule>,
    ) -> Option<RuleMatch> {
        let required = self.rules.required(id);
        // Most rules require a call that is absent, which this check detects cheaply.
        if !required.iter().all(|filter| filter.may_intersect(self.filter)) {
            return None;
        }
        let rule = self.rules.rule(id);
        let mut seen = std::mem::take(&mut self.seen);
        seen.clear();
        seen.resize(rule.parts.len(), false);
        for (_, part) in self.parts(claims, anchor, id) {
            seen[usize::from(part)] = true;
        }
        let matches = rule.parts.iter().zip(&seen).all(|(part, seen)| *seen || !part.required) && follows(rule, before);
        let calls = seen.iter().filter(|seen| **seen).count();
        self.seen = seen;
        matches.then_some(RuleMatch { rule: id, calls, required: required.len() })
    }

    /// The free events in the rule's window around the anchor that match one of its parts, with that part.
    fn parts(&self, claims: &Claims, anchor: ShapedEvent, id: RuleId) -> impl Iterator<Item = (usize, u16)> {
        let rule = self.rules.rule(id);
        let (from, to) = TimeWindow::of(rule).around(anchor.time);
        let within = self.shaped[self.near.clone()].iter().filter(move |event| event.time >= from && event.time <= to);
        let within = within.filter(move |event| !rule.alone || event.event == anchor.event);
        let parts = within.filter_map(move |event| Some((event.event, self.rules.part(event.shape, id)?)));
        parts.filter(|(event, _)| claims.is_free(*event))
    }

    fn members(&self, claims: &Claims, anchor: ShapedEvent, id: RuleId) -> Vec<(usize, Role)> {
        let rule = self.rules.rule(id);
        let parts = self.parts(claims, anchor, id);
        parts.map(|(event, part)| (event, role_of(rule, event == anchor.event, part))).collect()
    }
}

/// Whether the previous rule satisfies `only_after`.
pub(super) fn follows(rule: &Rule, before: Option<&Rule>) -> bool {
    rule.only_after.is_empty()
        || before.is_some_and(|before| rule.only_after.iter().any(|pattern| pattern.matches(&before.id)))
}

fn signal(id: RuleId, anchor: usize, members: Vec<(usize, Role)>) -> MatchedSignal {
    MatchedSignal {
        rule: id,
        matched_rule: id,
        anchor,
        members,
        origin: Origin::Exact,
        confidence: 1.0,
        evidence: None,
        missing: Vec::new(),
    }
}
