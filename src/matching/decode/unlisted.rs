//! Hypotheses for events that no page of the catalog explains: changes, unknown pages, and background activity.

use super::clue::Purpose;
use super::hypothesis::{Cause, FreeEvents, Hypothesis, HypothesisBuilder, HypothesisMember};
use crate::matching::burst::PAUSE_S;
use crate::signal::Kind;

/// Reads belong to a change up to this many seconds before it, and after it.
const RELOAD_S: (i64, i64) = (1, 3);

impl HypothesisBuilder<'_, '_> {
    /// Adds the changes that the event may belong to: it is a change itself, or a read shortly before one.
    pub(super) fn add_changes(&self, first: usize, free: &impl FreeEvents, all: &mut Vec<Hypothesis>) {
        let events = self.stretch.events;
        let clue = &self.clues[first];
        let until = events[first].time().plus_seconds(RELOAD_S.0);
        let near = (first..events.len()).take_while(|event| events[*event].time() <= until);
        let is_start = |event: usize| event == first || self.clues[event].console == clue.console;
        let mut starts = near
            .filter(|event| self.clues[*event].purpose == Purpose::Change && free.is_free(*event) && is_start(*event));
        let is_own = matches!(clue.purpose, Purpose::Read | Purpose::Change);
        let Some(start) = starts.next().filter(|_| is_own) else {
            return;
        };
        let group = self.same_change(start, free);
        let reads = self.reloads(first, start, &group, free);
        let mut add = |mut members: Vec<usize>| {
            members.sort_unstable();
            if members.first() != Some(&first) {
                return;
            }
            all.push(self.without_rule(Cause::Change, start, members));
        };
        if !reads.is_empty() {
            add(group.iter().chain(&reads).copied().collect());
        }
        add(group);
    }

    /// The calls that make one change to several resources, and the calls that tag what it created.
    fn same_change(&self, start: usize, free: &impl FreeEvents) -> Vec<usize> {
        let events = self.stretch.events;
        let key = |event: usize| (events[event].row.call, events[event].row.region, events[event].row.error_code);
        let words = self.stretch.rules.words();
        let is_label = |event: usize| words.is_label(self.stretch.name(event));
        let labels = |event: usize| {
            is_label(event)
                && !is_label(start)
                && self.stretch.service(event) == self.stretch.service(start)
                && key(event).1 == key(start).1
                && key(event).2 == key(start).2
        };
        let mut group = vec![start];
        let mut last = start;
        for event in start + 1..events.len() {
            if self.stretch.seconds_between(last, event) >= PAUSE_S {
                break;
            }
            if free.is_free(event)
                && self.clues[event].purpose == Purpose::Change
                && (key(event) == key(start) || labels(event))
            {
                group.push(event);
                last = event;
            }
        }
        group
    }

    /// The reads around a change that belong to it: from the same console, or with the same key.
    fn reloads(&self, first: usize, start: usize, group: &[usize], free: &impl FreeEvents) -> Vec<usize> {
        let events = self.stretch.events;
        let last = group.last().copied().unwrap_or(start);
        let until = events[last].time().plus_seconds(RELOAD_S.1);
        let clue = &self.clues[start];
        let is_own = |event: usize| {
            let other = &self.clues[event];
            let same_key = other.key.is_some() && other.key == clue.key;
            other.purpose == Purpose::Read && (same_key || other.console == clue.console)
        };
        (first..events.len())
            .take_while(|event| events[*event].time() <= until)
            .filter(|event| free.is_free(*event) && !group.contains(event) && is_own(*event))
            .collect()
    }

    /// Adds the hypotheses without a click: navigation bar, poll and service.
    pub(super) fn add_background(&self, first: usize, free: &impl FreeEvents, all: &mut Vec<Hypothesis>) {
        let clue = &self.clues[first];
        let mut add = |cause: Cause, members: Vec<usize>| {
            all.push(self.without_rule(cause, first, members));
        };
        if clue.purpose == Purpose::Acting {
            add(Cause::Unassigned, vec![first]);
            return;
        }
        if clue.purpose == Purpose::Service {
            add(
                Cause::Service,
                self.chain(first, free, PAUSE_S, |event| self.clues[event].purpose == Purpose::Service),
            );
        } else if clue.purpose == Purpose::Noise {
            add(Cause::Noise, self.chain(first, free, PAUSE_S, |event| self.clues[event].purpose == Purpose::Noise));
        }
        if matches!(clue.purpose, Purpose::Read | Purpose::Noise)
            && (self.precedes_exact_match(first) || self.lists.is_near_settled(first))
        {
            add(Cause::Adjacent, vec![first]);
        }
        if let Some(poll) = clue.poll {
            add(Cause::Poll(poll.every_s), vec![first]);
        }
    }

    /// Whether an exact match from the same console starts with one of the next events.
    fn precedes_exact_match(&self, first: usize) -> bool {
        let events = self.stretch.events;
        let until = events[first].time().plus_seconds(RELOAD_S.0);
        let next = (first + 1..events.len()).take_while(|event| events[*event].time() <= until);
        let mut pages = next.flat_map(|event| self.lists.exact_matches(event));
        pages.any(|found| {
            self.stretch.rules.rule(found.rule).kind != Kind::Background
                && self.clues[found.first()].console == self.clues[first].console
        })
    }

    /// The hypothesis of a page that is not in the catalog: reads without a pause from one console, or with one key.
    pub(super) fn visit(&self, first: usize, free: &impl FreeEvents, pause_s: i64) -> Option<Hypothesis> {
        let clue = &self.clues[first];
        let region = self.stretch.events[first].row.region;
        let is_own = |event: usize| {
            let other = &self.clues[event];
            let same = match (clue.key, other.key) {
                (Some(key), Some(other_key)) => key == other_key,
                _ => other.console == clue.console,
            };
            other.purpose == Purpose::Read
                && same
                && (clue.key.is_some() || self.stretch.events[event].row.region == region)
        };
        let members = self.chain(first, free, pause_s, is_own);
        (!members.is_empty()).then(|| self.without_rule(Cause::Visit, first, members))
    }

    /// A hypothesis without a rule.
    fn without_rule(&self, cause: Cause, anchor: usize, events: Vec<usize>) -> Hypothesis {
        let members = events.into_iter().map(|event| HypothesisMember { event, vote: None }).collect();
        let mut hypothesis = Hypothesis {
            cause,
            anchor,
            members,
            adjacent: Vec::new(),
            exact_match: false,
            exact: false,
            coverage: 1.0,
            cost: 0.0,
        };
        hypothesis.cost = self.total(&hypothesis);
        hypothesis
    }

    /// The free events of a kind from `first` on, up to the first pause of `pause_s` seconds.
    fn chain(&self, first: usize, free: &impl FreeEvents, pause_s: i64, is_of: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut chain = Vec::new();
        let mut last = first;
        for event in first..self.stretch.events.len() {
            if self.stretch.seconds_between(last, event) >= pause_s {
                break;
            }
            if free.is_free(event) && (event == first || is_of(event)) {
                chain.push(event);
                last = event;
            }
        }
        chain
    }
}
