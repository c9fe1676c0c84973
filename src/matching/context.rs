//! Resolves signals from their context: distinguishes identical requests, and merges polls into the click that they
//! follow.
//!
//! Background signals are not neighbors. The order of the steps matters: first the rules that depend on earlier
//! signals, then merging, then the rules that depend on the next signal.

use std::collections::HashSet;

use super::claim::Found;
use super::describe;
use super::prepare::Prepared;
use crate::rule::context::{Absorbs, Becomes, LookBack, PartOf};
use crate::rule::pattern::Pattern;
use crate::rule::{RuleId, RuleSet};
use crate::signal::Kind;

/// A chain of `becomes` rules is followed for at most this many steps.
const LONGEST_CHAIN: usize = 4;

/// Determines the final rule of each signal, and merges signals that belong together.
pub(super) fn settle(rules: &RuleSet, events: &[Prepared<'_>], found: &mut Vec<Found>) {
    let scene = Scene { rules, events };
    for index in 0..found.len() {
        scene.rename(found, index, |becomes| becomes.next.is_empty());
    }
    scene.fold(found);
    for index in 0..found.len() {
        scene.rename(found, index, |becomes| !becomes.next.is_empty());
    }
}

struct Scene<'s, 'e> {
    rules: &'s RuleSet,
    events: &'s [Prepared<'e>],
}

impl Scene<'_, '_> {
    fn rename(&self, found: &mut [Found], index: usize, applies: impl Fn(&Becomes) -> bool) {
        for _ in 0..LONGEST_CHAIN {
            let becomes = &self.rules.rule(found[index].rule).becomes;
            let Some(becomes) = becomes.iter().find(|becomes| applies(becomes) && self.holds(found, index, becomes))
            else {
                return;
            };
            found[index].rule = becomes.rule;
        }
    }

    fn holds(&self, found: &[Found], index: usize, becomes: &Becomes) -> bool {
        let before = self.neighbors(&found[..index]).next();
        let next = found[index + 1..].iter().find(|found| self.counts(found));
        let is = |neighbor: Option<&Found>, patterns: &[Pattern]| {
            neighbor.is_some_and(|found| self.is_one_of(found.rule, patterns))
        };
        (becomes.previous.is_empty() || is(before, &becomes.previous))
            && (becomes.unless_previous.is_empty() || !is(before, &becomes.unless_previous))
            && (becomes.next.is_empty() || is(next, &becomes.next))
            && becomes.look_back.as_ref().is_none_or(|look| self.looks_back(found, index, look))
            && becomes.more_than_one.as_ref().is_none_or(|name| self.has_several(&found[index], name))
    }

    /// The preceding signals without background, nearest first.
    fn neighbors<'f>(&self, before: &'f [Found]) -> impl Iterator<Item = &'f Found> {
        before.iter().rev().filter(|found| self.counts(found))
    }

    fn counts(&self, found: &Found) -> bool {
        self.rules.rule(found.rule).kind != Kind::Background
    }

    fn is_one_of(&self, rule: RuleId, patterns: &[Pattern]) -> bool {
        let id = &self.rules.rule(rule).id;
        patterns.iter().any(|pattern| pattern.matches(id))
    }

    fn looks_back(&self, found: &[Found], index: usize, look: &LookBack) -> bool {
        let since = self.events[found[index].anchor].time().plus_seconds(-i64::from(look.seconds));
        let recent = self.neighbors(&found[..index]).enumerate();
        let mut seen =
            recent.take_while(|(place, other)| *place < look.at_least || self.events[other.anchor].time() >= since);
        let met =
            seen.find(|(_, other)| self.is_one_of(other.rule, &look.find) || self.is_one_of(other.rule, &look.until));
        met.is_some_and(|(_, other)| self.is_one_of(other.rule, &look.find))
    }

    fn has_several(&self, found: &Found, name: &str) -> bool {
        let rule = self.rules.rule(found.rule);
        let extract = rule.extracts.iter().find(|extract| extract.name == name);
        extract.is_some_and(|extract| describe::read(extract, self.events, found).len() > 1)
    }

    fn fold(&self, found: &mut Vec<Found>) {
        let mut gone = HashSet::new();
        for index in 0..found.len() {
            let rule = self.rules.rule(found[index].rule);
            for absorbed in rule
                .absorbs
                .iter()
                .filter_map(|absorbs| self.absorbed(found, &gone, index, absorbs))
                .collect::<Vec<_>>()
            {
                let part = found[absorbed].clone();
                found[index].merge(&part);
                gone.insert(absorbed);
            }
            if let Some(whole) = rule.part_of.iter().find_map(|part| self.whole(found, &gone, index, part)) {
                let part = found[index].clone();
                found[whole].merge(&part);
                gone.insert(index);
            }
        }
        let mut index = 0;
        found.retain(|_| {
            index += 1;
            !gone.contains(&(index - 1))
        });
    }

    /// The index of the signal immediately before this one that this one absorbs.
    fn absorbed(&self, found: &[Found], gone: &HashSet<usize>, index: usize, absorbs: &Absorbs) -> Option<usize> {
        let before = self.before(found, gone, index).next()?;
        let limit = self.events[found[before].first()].time().plus_seconds(i64::from(absorbs.within_s));
        let near = self.events[found[index].first()].time() <= limit;
        (near && self.is_one_of(found[before].rule, &absorbs.rules)).then_some(before)
    }

    /// The index of the earlier signal that this one is part of.
    fn whole(&self, found: &[Found], gone: &HashSet<usize>, index: usize, part: &PartOf) -> Option<usize> {
        let this = &found[index];
        let fits = part.at_most.is_none_or(|most| this.members.len() <= most)
            && (part.only.is_empty() || this.is_only(&part.only, |event| self.events[event].shape));
        let mut before = self.before(found, gone, index).peekable();
        let stands_between = before.peek().is_some_and(|before| self.is_one_of(found[*before].rule, &part.across));
        let fits = fits && (part.across.is_empty() || stands_between);
        let whole = before.find(|before| !self.is_one_of(found[*before].rule, &part.across)).filter(|_| fits)?;
        let limit = self.events[found[whole].last()].time().plus_seconds(i64::from(part.within_s));
        let near = self.events[this.anchor].time() <= limit;
        (near && self.is_one_of(found[whole].rule, &part.rules)).then_some(whole)
    }

    fn before<'f>(&self, found: &'f [Found], gone: &'f HashSet<usize>, index: usize) -> impl Iterator<Item = usize> {
        (0..index).rev().filter(move |before| !gone.contains(before) && self.counts(&found[*before]))
    }
}
