//! Indexes between events and rules: the rules that each event may belong to, and the events that each rule may
//! explain.

use foldhash::HashMap;
use std::rc::Rc;

use super::clue::Clue;
use crate::matching::claim::MatchedSignal;
use crate::matching::prepared::PreparedStretch;
use crate::matching::votes::{Vote, votes};
use crate::rule::RuleId;
use crate::signal::Kind;

/// Calls that a page is not known to make may belong to it up to this many seconds before and after its known calls.
pub(super) const AROUND_S: i64 = 2;

/// The votes of one request, sorted by rule.
type EventVotes = Rc<[(RuleId, Vote)]>;

/// Votes by event, and by rule.
#[derive(Debug, Default)]
pub(super) struct Lists {
    votes: Vec<Option<EventVotes>>,
    rules: HashMap<RuleId, Vec<(usize, Vote)>>,
    /// Matches by exact shapes alone, by their first event.
    exact_matches: HashMap<usize, Vec<MatchedSignal>>,
    /// For each event, whether there are events around it from an accepted page, from the same console or with the same
    /// key.
    nearby: Vec<bool>,
}

impl Lists {
    /// Collects the votes of these events. `exact_matches` are the matches by exact shapes alone.
    pub(super) fn new(
        stretch: &PreparedStretch<'_, '_>,
        events: impl Iterator<Item = usize>,
        exact_matches: &[MatchedSignal],
    ) -> Self {
        let mut lists = Self { votes: vec![None; stretch.events.len()], ..Self::default() };
        let mut known: HashMap<usize, EventVotes> = HashMap::default();
        for event in events {
            let event_votes = known.entry(stretch.events[event].representative).or_insert_with(|| {
                let mut all: Vec<(RuleId, Vote)> = votes(stretch.rules, &stretch.events[event]).into_iter().collect();
                all.sort_unstable_by_key(|(rule, _)| *rule);
                all.into()
            });
            for (rule, vote) in event_votes.iter() {
                lists.rules.entry(*rule).or_default().push((event, *vote));
            }
            lists.votes[event] = Some(Rc::clone(event_votes));
        }
        for found in exact_matches {
            lists.exact_matches.entry(found.first()).or_default().push(found.clone());
        }
        lists
    }

    /// Adds the pages that are already accepted.
    pub(super) fn with_settled(
        mut self,
        stretch: &PreparedStretch<'_, '_>,
        clues: &[Clue<'_>],
        settled: &[MatchedSignal],
    ) -> Self {
        self.nearby = vec![false; stretch.events.len()];
        let time = |event: usize| stretch.events[event].time();
        for page in settled.iter().filter(|page| stretch.rules.rule(page.rule).kind != Kind::Background) {
            let from = time(page.first()).plus_seconds(-AROUND_S);
            let until = time(page.last()).plus_seconds(AROUND_S);
            let own = &clues[page.first()];
            let start = stretch.events[..page.first()].partition_point(|event| event.time() < from);
            for event in (start..stretch.events.len()).take_while(|event| time(*event) <= until) {
                self.nearby[event] |= match (own.key, clues[event].key) {
                    (Some(key), Some(other)) => key == other,
                    _ => own.console == clues[event].console,
                };
            }
        }
        self
    }

    /// Whether an accepted page may also have made the call.
    pub(super) fn is_near_settled(&self, event: usize) -> bool {
        self.nearby[event]
    }

    /// The rules that the event may belong to, with their votes.
    pub(super) fn votes(&self, event: usize) -> &[(RuleId, Vote)] {
        self.votes[event].as_deref().unwrap_or_default()
    }

    /// The events, starting at `from`, that may belong to the rule.
    pub(super) fn of(&self, rule: RuleId, from: usize) -> &[(usize, Vote)] {
        let all = self.rules.get(&rule).map_or(&[][..], Vec::as_slice);
        &all[all.partition_point(|(event, _)| *event < from)..]
    }

    /// The exact matches whose first event is `first`.
    pub(super) fn exact_matches(&self, first: usize) -> &[MatchedSignal] {
        self.exact_matches.get(&first).map_or(&[], Vec::as_slice)
    }

    /// An event's vote for a rule.
    pub(super) fn vote(&self, event: usize, rule: RuleId) -> Option<Vote> {
        let votes = self.votes(event);
        let at = votes.binary_search_by_key(&rule, |(rule, _)| *rule).ok()?;
        Some(votes[at].1)
    }
}
