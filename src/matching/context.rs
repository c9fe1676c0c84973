//! Resolves signals from their context: distinguishes identical requests, and merges polls into the click that they
//! follow.
//!
//! Background signals are not neighbors. The order of the steps matters: first the rules that depend on earlier
//! signals, then merging, then the rules that depend on the next signal.

use std::collections::HashSet;

use super::claim::MatchedSignal;
use super::describe;
use super::prepared::Prepared;
use crate::rule::context::{Absorbs, Becomes, LookBack, PartOf};
use crate::rule::pattern::Pattern;
use crate::rule::{RuleId, RuleSet};
use crate::signal::Kind;

/// A chain of `becomes` rules is followed for at most this many steps.
const MAX_CHAIN: usize = 4;

/// Determines the final rule of each signal, and merges signals that belong together.
pub(super) fn resolve(rules: &RuleSet, events: &[Prepared<'_>], found: &mut Vec<MatchedSignal>) {
    let resolver = ContextResolver { rules, events };
    for index in 0..found.len() {
        resolver.apply_becomes(found, index, |becomes| becomes.next.is_empty());
    }
    resolver.merge_parts(found);
    for index in 0..found.len() {
        resolver.apply_becomes(found, index, |becomes| !becomes.next.is_empty());
    }
}

struct ContextResolver<'s, 'e> {
    rules: &'s RuleSet,
    events: &'s [Prepared<'e>],
}

impl ContextResolver<'_, '_> {
    fn apply_becomes(&self, found: &mut [MatchedSignal], index: usize, applies: impl Fn(&Becomes) -> bool) {
        for _ in 0..MAX_CHAIN {
            let becomes = &self.rules.rule(found[index].rule).becomes;
            let Some(becomes) = becomes.iter().find(|becomes| applies(becomes) && self.holds(found, index, becomes))
            else {
                return;
            };
            found[index].rule = becomes.rule;
        }
    }

    fn holds(&self, found: &[MatchedSignal], index: usize, becomes: &Becomes) -> bool {
        let before = self.neighbors(&found[..index]).next();
        let next = found[index + 1..].iter().find(|found| self.is_click(found));
        let is = |neighbor: Option<&MatchedSignal>, patterns: &[Pattern]| {
            neighbor.is_some_and(|found| self.is_one_of(found.rule, patterns))
        };
        (becomes.previous.is_empty() || is(before, &becomes.previous))
            && (becomes.unless_previous.is_empty() || !is(before, &becomes.unless_previous))
            && (becomes.next.is_empty() || is(next, &becomes.next))
            && becomes.look_back.as_ref().is_none_or(|look| self.satisfies_look_back(found, index, look))
            && becomes.more_than_one.as_ref().is_none_or(|name| self.has_several(&found[index], name))
    }

    /// The preceding signals, nearest first, without background signals.
    fn neighbors<'f>(&self, before: &'f [MatchedSignal]) -> impl Iterator<Item = &'f MatchedSignal> {
        before.iter().rev().filter(|found| self.is_click(found))
    }

    fn is_click(&self, found: &MatchedSignal) -> bool {
        self.rules.rule(found.rule).kind != Kind::Background
    }

    fn is_one_of(&self, rule: RuleId, patterns: &[Pattern]) -> bool {
        let id = &self.rules.rule(rule).id;
        patterns.iter().any(|pattern| pattern.matches(id))
    }

    fn satisfies_look_back(&self, found: &[MatchedSignal], index: usize, look: &LookBack) -> bool {
        let since = self.events[found[index].anchor].time().plus_seconds(-i64::from(look.seconds));
        let recent = self.neighbors(&found[..index]).enumerate();
        let mut seen =
            recent.take_while(|(place, other)| *place < look.at_least || self.events[other.anchor].time() >= since);
        let found_signal =
            seen.find(|(_, other)| self.is_one_of(other.rule, &look.find) || self.is_one_of(other.rule, &look.until));
        found_signal.is_some_and(|(_, other)| self.is_one_of(other.rule, &look.find))
    }

    fn has_several(&self, found: &MatchedSignal, name: &str) -> bool {
        let rule = self.rules.rule(found.rule);
        let extract = rule.extracts.iter().find(|extract| extract.name == name);
        extract.is_some_and(|extract| describe::read(extract, self.events, found).len() > 1)
    }

    fn merge_parts(&self, found: &mut Vec<MatchedSignal>) {
        let mut merged = HashSet::new();
        for index in 0..found.len() {
            let rule = self.rules.rule(found[index].rule);
            for absorbed in rule
                .absorbs
                .iter()
                .filter_map(|absorbs| self.absorbed(found, &merged, index, absorbs))
                .collect::<Vec<_>>()
            {
                let part = found[absorbed].clone();
                found[index].merge(&part);
                merged.insert(absorbed);
            }
            if let Some(containing_signal) =
                rule.part_of.iter().find_map(|part| self.containing_signal(found, &merged, index, part))
            {
                let part = found[index].clone();
                found[containing_signal].merge(&part);
                merged.insert(index);
            }
        }
        let mut index = 0;
        found.retain(|_| {
            index += 1;
            !merged.contains(&(index - 1))
        });
    }

    /// The index of the signal immediately before this one that this one absorbs.
    fn absorbed(
        &self,
        found: &[MatchedSignal],
        merged: &HashSet<usize>,
        index: usize,
        absorbs: &Absorbs,
    ) -> Option<usize> {
        let before = self.before(found, merged, index).next()?;
        let limit = self.events[found[before].first()].time().plus_seconds(i64::from(absorbs.within_s));
        let near = self.events[found[index].first()].time() <= limit;
        (near && self.is_one_of(found[before].rule, &absorbs.rules)).then_some(before)
    }

    /// The index of the earlier signal that this one is part of.
    fn containing_signal(
        &self,
        found: &[MatchedSignal],
        merged: &HashSet<usize>,
        index: usize,
        part: &PartOf,
    ) -> Option<usize> {
        let this = &found[index];
        let fits = part.at_most.is_none_or(|most| this.members.len() <= most)
            && (part.only.is_empty() || this.is_only(&part.only, |event| self.events[event].shape));
        let mut before = self.before(found, merged, index).peekable();
        let is_across = before.peek().is_some_and(|before| self.is_one_of(found[*before].rule, &part.across));
        let fits = fits && (part.across.is_empty() || is_across);
        let containing_signal =
            before.find(|before| !self.is_one_of(found[*before].rule, &part.across)).filter(|_| fits)?;
        let limit = self.events[found[containing_signal].last()].time().plus_seconds(i64::from(part.within_s));
        let near = self.events[this.anchor].time() <= limit;
        (near && self.is_one_of(found[containing_signal].rule, &part.rules)).then_some(containing_signal)
    }

    fn before<'f>(
        &self,
        found: &'f [MatchedSignal],
        merged: &'f HashSet<usize>,
        index: usize,
    ) -> impl Iterator<Item = usize> {
        (0..index).rev().filter(move |before| !merged.contains(before) && self.is_click(&found[*before]))
    }
}
