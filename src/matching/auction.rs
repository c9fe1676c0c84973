//! The auction of a burst: every page that makes calls of it bids, the best bid wins, and the rest is bid for again.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::bid::{Bid, MOST};
use super::claim::{Claims, Found};
use super::letter::follows;
use super::prepare::Prepared;
use super::votes::{Vote, Votes, votes};
use crate::rule::{Reach, Rule, RuleId, RuleSet};
use crate::signal::{Kind, Origin, Role};

/// A page of which less than this was seen is no explanation.
const LEAST_COVERAGE: f64 = 0.35;
/// So much of a page must be seen if nothing that was seen calls its own service: a list of databases may be part of a
/// page about secrets, and is more likely a page about databases that no rule knows.
const FOREIGN_COVERAGE: f64 = 0.5;
/// A page that is over another one wins against it only if so much of it was seen.
const OVER_COVERAGE: f64 = 0.9;
/// A chain of pages that are over each other is followed so far.
const LONGEST_CHAIN: usize = 4;
/// What a bid gains for each step of the way in the console that its page shares with the page before: people stay near.
const KINSHIP: f64 = 0.05;
/// So many shared steps count.
const CLOSEST_KIN: usize = 4;
/// An event so many seconds outside a page's others may still be the page's.
const LATE_S: i64 = 2;

/// The events of one burst, with what they speak for.
pub(super) struct Auction<'a, 'e> {
    rules: &'a RuleSet,
    events: &'a [Prepared<'e>],
    /// What is known from elsewhere: lists in order of the anchors.
    known: [&'a [Found]; 2],
    votes: FxHashMap<usize, Votes>,
    /// The events that each rule may start from: its anchors, in order, then the calls that it requires.
    starts: FxHashMap<RuleId, Vec<usize>>,
    /// Those that are still good.
    bids: Vec<Bid>,
    /// What was won.
    found: Vec<Found>,
}

impl<'a, 'e> Auction<'a, 'e> {
    /// Puts the free events of a burst up.
    pub(super) fn open(
        rules: &'a RuleSet,
        events: &'a [Prepared<'e>],
        known: [&'a [Found]; 2],
        burst: &[usize],
        claims: &Claims,
    ) -> Self {
        let free = burst.iter().filter(|event| claims.is_free(**event));
        let votes: FxHashMap<usize, Votes> = free.map(|event| (*event, votes(rules, &events[*event]))).collect();
        let starts = starts(rules, &votes);
        let mut auction = Self { rules, events, known, votes, starts, bids: Vec::new(), found: Vec::new() };
        let mut bidders: Vec<RuleId> = auction.starts.keys().copied().collect();
        bidders.sort_unstable();
        auction.bids = bidders.into_iter().flat_map(|rule| auction.bids_of(rule, claims)).collect();
        auction
    }

    /// Every bid that is still good, in no order.
    pub(super) fn bids(&self) -> &[Bid] {
        &self.bids
    }

    /// Sells everything that a page bids for; what is won is in order of the anchors.
    pub(super) fn sell(mut self, claims: &mut Claims) -> Vec<Found> {
        while let Some(bid) = self.best() {
            let bid = self.bids.swap_remove(bid);
            let won = bid.found(self.rules.rule(bid.rule));
            claims.take(&won.members);
            self.found.push(won);
            self.bid_again(&bid, claims);
        }
        self.gather_late(claims);
        self.found.sort_by_key(|found| found.anchor);
        self.found
    }

    /// The bids of one rule: of starts with the same events around them, the first makes it.
    fn bids_of(&self, id: RuleId, claims: &Claims) -> Vec<Bid> {
        let rule = self.rules.rule(id);
        let mut windows: Vec<Range<usize>> = Vec::new();
        let mut bids = Vec::new();
        for anchor in self.starts[&id].iter().copied().filter(|event| claims.is_free(*event)) {
            let near = if rule.alone { anchor..anchor + 1 } else { window(self.events, anchor, rule) };
            if !windows.contains(&near) {
                bids.extend(self.bid(id, anchor, near.clone(), claims));
                windows.push(near);
            }
        }
        bids
    }

    fn bid(&self, id: RuleId, anchor: usize, near: Range<usize>, claims: &Claims) -> Option<Bid> {
        let rule = self.rules.rule(id);
        let free = near.filter(|event| claims.is_free(*event));
        let members = free.filter_map(|event| Some((event, self.vote(event, id)?))).collect();
        let bid = Bid::new(id, rule, (anchor, self.vote(anchor, id)?), members);
        let least = if self.is_foreign(rule, &bid) { FOREIGN_COVERAGE } else { LEAST_COVERAGE };
        (bid.coverage >= least).then_some(bid)
    }

    /// Whether a page of a service that has calls of its own was seen to make only those of others.
    fn is_foreign(&self, rule: &Rule, bid: &Bid) -> bool {
        let is_own = |call: &str| call.split(':').next() == Some(rule.service.as_str());
        self.rules.has_calls(&rule.service)
            && !bid.members.iter().any(|(event, _)| is_own(self.events[*event].row.call))
    }

    fn vote(&self, event: usize, rule: RuleId) -> Option<Vote> {
        self.votes.get(&event)?.get(&rule).copied()
    }

    /// The place of the bid that wins. As with the letter, a page that another one is over gives way to it.
    fn best(&self) -> Option<usize> {
        let worth: Vec<f64> = self.bids.iter().map(|bid| self.worth(bid)).collect();
        let best_of = |bids: &mut dyn Iterator<Item = usize>| {
            let order =
                |bid: &usize| (std::cmp::Reverse(self.bids[*bid].anchor), std::cmp::Reverse(self.bids[*bid].rule));
            bids.max_by(|a, b| worth[*a].total_cmp(&worth[*b]).then_with(|| order(a).cmp(&order(b))))
        };
        let mut best = best_of(&mut (0..self.bids.len()).filter(|bid| worth[*bid] > 0.0))?;
        for _ in 0..LONGEST_CHAIN {
            let over = |bid: &usize| worth[*bid] > 0.0 && self.is_over(&self.bids[*bid], &self.bids[best]);
            match best_of(&mut (0..self.bids.len()).filter(over)) {
                Some(winner) => best = winner,
                None => break,
            }
        }
        Some(best)
    }

    fn is_over(&self, bid: &Bid, other: &Bid) -> bool {
        self.rules.rule(bid.rule).over.contains(&other.rule) && bid.coverage >= OVER_COVERAGE && bid.takes(other.anchor)
    }

    /// What a bid is worth where it stands: nothing, where its page only follows some others and none of them is before.
    #[expect(clippy::cast_precision_loss, reason = "a way in the console has a handful of steps")]
    pub(super) fn worth(&self, bid: &Bid) -> f64 {
        let rule = self.rules.rule(bid.rule);
        let before = self.before(bid.anchor);
        let shared = before.map_or(0, |before| {
            before.console_path.iter().zip(&rule.console_path).take_while(|(theirs, ours)| theirs == ours).count()
        });
        let near = 1.0 + KINSHIP * shared.min(CLOSEST_KIN) as f64;
        if follows(rule, before) { bid.worth * near } else { 0.0 }
    }

    /// The rule of the last signal before an event, background left out.
    fn before(&self, anchor: usize) -> Option<&Rule> {
        let is_click = |found: &&Found| self.rules.rule(found.rule).kind != Kind::Background;
        let earlier = |known: &'a [Found]| &known[..known.partition_point(|found| found.anchor < anchor)];
        let known = self.known.into_iter().filter_map(|known| earlier(known).iter().rev().find(is_click));
        let won = self.found.iter().filter(|found| found.anchor < anchor).filter(is_click);
        let last = known.chain(won).max_by_key(|found| found.anchor)?;
        Some(self.rules.rule(last.rule))
    }

    /// Drops the bids of the pages that want what is sold, and bids again for what is left of it.
    fn bid_again(&mut self, sold: &Bid, claims: &Claims) {
        let wants = |bid: &&Bid| bid.members.iter().any(|(event, _)| sold.takes(*event));
        let mut again: Vec<RuleId> = self.bids.iter().filter(wants).map(|bid| bid.rule).collect();
        again.push(sold.rule);
        again.sort_unstable();
        again.dedup();
        self.bids.retain(|bid| again.binary_search(&bid.rule).is_err());
        let bids: Vec<Bid> = again.into_iter().flat_map(|rule| self.bids_of(rule, claims)).collect();
        self.bids.extend(bids);
    }

    /// Gives events that come a little before or after a page's others to that page.
    fn gather_late(&mut self, claims: &mut Claims) {
        let mut late: Vec<usize> = self.votes.keys().copied().filter(|event| claims.is_free(*event)).collect();
        late.sort_unstable();
        for event in late {
            let Some(page) = self.page_of(event) else { continue };
            let page = &mut self.found[page];
            page.members.push((event, Role::Merged));
            page.members.sort_unstable();
            page.origin = Origin::Likeness;
            page.confidence = page.confidence.min(MOST);
            claims.take(&[(event, Role::Merged)]);
        }
    }

    /// The place of the page that an event speaks for most, among those that it is near in time.
    fn page_of(&self, event: usize) -> Option<usize> {
        let time = self.events[event].time();
        let near = |found: &Found| {
            let from = self.events[found.first()].time().plus_seconds(-LATE_S);
            let to = self.events[found.last()].time().plus_seconds(LATE_S);
            (from..=to).contains(&time) && !self.rules.rule(found.rule).alone
        };
        let pages = self.found.iter().enumerate().filter(|(_, found)| near(found));
        let votes = pages.filter_map(|(place, found)| Some((self.vote(event, found.rule)?.nearness, place)));
        votes.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, place)| place)
    }
}

/// The events that each rule may start from: an anchor, or where anchors may be gone, a required call.
fn starts(rules: &RuleSet, votes: &FxHashMap<usize, Votes>) -> FxHashMap<RuleId, Vec<usize>> {
    let mut starts: FxHashMap<RuleId, Vec<(bool, usize)>> = FxHashMap::default();
    for (event, votes) in votes {
        let is_start =
            |rule: RuleId, vote: &Vote| vote.anchor || rules.rule(rule).parts[usize::from(vote.part)].required;
        for (rule, vote) in votes.iter().filter(|(rule, vote)| is_start(**rule, vote)) {
            starts.entry(*rule).or_default().push((!vote.anchor, *event));
        }
    }
    let in_order = |mut events: Vec<(bool, usize)>| {
        events.sort_unstable();
        events.into_iter().map(|(_, event)| event).collect()
    };
    starts.into_iter().map(|(rule, events)| (rule, in_order(events))).collect()
}

/// The places of the events in the rule's window around an anchor.
fn window(events: &[Prepared<'_>], anchor: usize, rule: &Rule) -> Range<usize> {
    let (from, to) = Reach::of(rule).around(events[anchor].time());
    let start = events[..anchor].partition_point(|event| event.time() < from);
    let end = anchor + events[anchor..].partition_point(|event| event.time() <= to);
    start..end
}
