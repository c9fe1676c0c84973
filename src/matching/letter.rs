//! Rules met to the letter: every required call was seen in a shape that is known.
//!
//! Events come in order. One that is free and an anchor of some rules is tried for each: the free events around it
//! that are parts of the rule are collected, and all required calls must be among them. Of the rules that are met, the
//! one that explains most of its calls gets the events.

use super::claim::{Claims, Found, role_of};
use super::prepare::Prepared;
use crate::rule::{Rule, RuleId, RuleSet, Use};
use crate::signal::{Kind, Origin};

/// A rule that is met around an anchor.
struct Met {
    rule: RuleId,
    members: Vec<(usize, u16)>,
    calls: usize,
    required: usize,
}

/// Finds every rule that is met to the letter, and takes its events.
pub(super) fn find(rules: &RuleSet, events: &[Prepared<'_>], claims: &mut Claims) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    // The rule of the last signal that is no background.
    let mut before = None;
    for anchor in 0..events.len() {
        if !claims.is_free(anchor) {
            continue;
        }
        let Some(met) = best(rules, events, claims, anchor, before) else { continue };
        let rule = rules.rule(met.rule);
        before = if rule.kind == Kind::Background { before } else { Some(rule) };
        let signal = signal(rule, anchor, &met);
        claims.take(&signal.members);
        found.push(signal);
    }
    found
}

fn best(
    rules: &RuleSet,
    events: &[Prepared<'_>],
    claims: &Claims,
    anchor: usize,
    before: Option<&Rule>,
) -> Option<Met> {
    let shape = events[anchor].shape?;
    let starts = rules.uses(shape).iter().filter(|usage| usage.anchor);
    let candidates = starts.filter(|usage| follows(rules.rule(usage.rule), before));
    let met: Vec<Met> = candidates.filter_map(|usage| meet(rules, events, claims, anchor, *usage)).collect();
    let loses = |rule: RuleId| met.iter().any(|other| rules.rule(other.rule).over.contains(&rule));
    met.iter()
        .filter(|met| !loses(met.rule))
        .max_by_key(|met| (met.required, met.calls, std::cmp::Reverse(met.rule)))
        .map(|met| met.rule)
        .and_then(|rule| met.into_iter().find(|met| met.rule == rule))
}

/// Whether a rule that only follows some others does so here.
pub(super) fn follows(rule: &Rule, before: Option<&Rule>) -> bool {
    rule.only_after.is_empty()
        || before.is_some_and(|before| rule.only_after.iter().any(|pattern| pattern.matches(&before.id)))
}

fn meet(rules: &RuleSet, events: &[Prepared<'_>], claims: &Claims, anchor: usize, usage: Use) -> Option<Met> {
    let rule = rules.rule(usage.rule);
    let members =
        if rule.alone { vec![(anchor, usage.part)] } else { collect(rules, events, claims, anchor, usage.rule) };
    let mut seen = vec![false; rule.parts.len()];
    for (_, part) in &members {
        seen[usize::from(*part)] = true;
    }
    let calls = seen.iter().filter(|seen| **seen).count();
    let required = rule.parts.iter().filter(|part| part.required).count();
    let met = rule.parts.iter().zip(seen).all(|(part, seen)| seen || !part.required);
    met.then_some(Met { rule: usage.rule, members, calls, required })
}

/// The free events in the rule's window around the anchor that are parts of it, with the part that each is.
fn collect(
    rules: &RuleSet,
    events: &[Prepared<'_>],
    claims: &Claims,
    anchor: usize,
    rule_id: RuleId,
) -> Vec<(usize, u16)> {
    let window = window(events, anchor, rules.rule(rule_id));
    window
        .filter(|event| claims.is_free(*event))
        .filter_map(|event| Some((event, rules.part(events[event].shape?, rule_id)?)))
        .collect()
}

/// The places of the events in the rule's window around an anchor.
pub(super) fn window(events: &[Prepared<'_>], anchor: usize, rule: &Rule) -> std::ops::Range<usize> {
    let from = events[anchor].time().plus_seconds(-i64::from(rule.before_s));
    let to = events[anchor].time().plus_seconds(i64::from(rule.after_s));
    let start = events[..anchor].partition_point(|event| event.time() < from);
    let end = anchor + events[anchor..].partition_point(|event| event.time() <= to);
    start..end
}

fn signal(rule: &Rule, anchor: usize, met: &Met) -> Found {
    let member = |(event, part): &(usize, u16)| (*event, role_of(rule, *event == anchor, *part));
    Found {
        rule: met.rule,
        met: met.rule,
        anchor,
        members: met.members.iter().map(member).collect(),
        origin: Origin::Letter,
        confidence: 1.0,
        missing: Vec::new(),
    }
}
