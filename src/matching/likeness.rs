//! Pages that are not met to the letter: calls in shapes that nobody has seen, or required calls that are missing.
//!
//! Events are cut into bursts. A burst in which every request is of a known shape is left to the letter. In any other
//! burst the letter may be met by chance, by a small page that stands for a part of a larger one; so what was found there
//! is put up again, and every page that makes calls of the burst bids for it as a whole: by how much of the page was
//! seen, how near the shapes are, and how much of the burst that explains. The best bid takes its events, then the rest
//! is bid for again; so ten pages that explain one call each never beat one that explains all ten.

use rustc_hash::FxHashMap;

use super::claim::{Claims, Found};
use super::letter::{follows, window};
use super::prepare::Prepared;
use super::votes::{Vote, Votes, votes};
use crate::rule::{Rule, RuleId, RuleSet};
use crate::signal::{Kind, Origin, Role};

/// A pause of so many seconds ends a burst.
const PAUSE_S: i64 = 4;
/// A burst of so many events is cut: an auction's cost grows with their square, and no page is likely to need more.
const LARGEST: usize = 400;
/// A page of which less than this was seen is no explanation.
const LEAST_COVERAGE: f64 = 0.5;
/// How sure the best bid can be: it is not the letter.
const MOST: f64 = 0.95;

struct Bid {
    rule: RuleId,
    anchor: usize,
    members: Vec<(usize, Vote)>,
    coverage: f64,
    nearness: f64,
    /// What the competition goes by.
    worth: f64,
}

/// Finds the pages that explain what the letter does not; what it found in a burst that it cannot read is put up again.
pub(super) fn find(
    rules: &RuleSet,
    events: &[Prepared<'_>],
    letter: Vec<Found>,
    claims: &mut Claims,
) -> (Vec<Found>, Vec<Found>) {
    let bursts = bursts(rules, events, claims);
    let (letter, released) = release(letter, &bursts);
    released.iter().for_each(|found| claims.release(&found.members));
    let mut found = Vec::new();
    for burst in bursts {
        let auction = Auction::new(rules, events, &letter, &burst.events, claims);
        while let Some(bid) = auction.best(claims, &found) {
            let signal = signal(rules.rule(bid.rule), events, &bid);
            claims.take(&signal.members);
            found.push(signal);
        }
    }
    found.sort_by_key(|found| found.anchor);
    (letter, found)
}

/// Events that may belong together.
struct Burst {
    events: Vec<usize>,
    /// It holds requests of no known shape.
    strange: bool,
}

/// The events of calls that some rule makes, cut at each pause, and where there are too many for one auction; those
/// bursts that the letter does not explain.
fn bursts(rules: &RuleSet, events: &[Prepared<'_>], claims: &Claims) -> Vec<Burst> {
    let mut bursts: Vec<Burst> = Vec::new();
    for event in (0..events.len()).filter(|event| rules.known_call(events[*event].row.call).is_some()) {
        let goes_on = |burst: &Burst| {
            let pause = burst.events.last().map(|last| events[*last].time().plus_seconds(PAUSE_S));
            burst.events.len() < LARGEST && pause.is_some_and(|pause| events[event].time() < pause)
        };
        let strange = events[event].shape.is_none();
        match bursts.last_mut().filter(|burst| goes_on(burst)) {
            Some(burst) => {
                burst.events.push(event);
                burst.strange |= strange;
            }
            None => bursts.push(Burst { events: vec![event], strange }),
        }
    }
    bursts.retain(|burst| burst.strange || burst.events.iter().any(|event| claims.is_free(*event)));
    bursts
}

/// Parts what the letter found: what stays, and what lies wholly in a burst that it cannot read.
fn release(letter: Vec<Found>, bursts: &[Burst]) -> (Vec<Found>, Vec<Found>) {
    let strange: FxHashMap<usize, usize> = bursts
        .iter()
        .enumerate()
        .filter(|(_, burst)| burst.strange)
        .flat_map(|(index, burst)| burst.events.iter().map(move |event| (*event, index)))
        .collect();
    letter.into_iter().partition(|found| {
        let mut bursts = found.members.iter().map(|(event, _)| strange.get(event));
        let first = bursts.next().flatten();
        first.is_none() || bursts.any(|burst| burst != first)
    })
}

struct Auction<'a, 'e> {
    rules: &'a RuleSet,
    events: &'a [Prepared<'e>],
    letter: &'a [Found],
    votes: FxHashMap<usize, Votes>,
    bidders: Vec<RuleId>,
}

impl<'a, 'e> Auction<'a, 'e> {
    fn new(
        rules: &'a RuleSet,
        events: &'a [Prepared<'e>],
        letter: &'a [Found],
        burst: &[usize],
        claims: &Claims,
    ) -> Self {
        let free = burst.iter().filter(|event| claims.is_free(**event));
        let votes: FxHashMap<usize, Votes> = free.map(|event| (*event, votes(rules, &events[*event]))).collect();
        let mut bidders: Vec<RuleId> = votes
            .values()
            .flat_map(|votes| votes.iter().filter(|(_, vote)| vote.anchor).map(|(rule, _)| *rule))
            .collect();
        bidders.sort_unstable();
        bidders.dedup();
        Self { rules, events, letter, votes, bidders }
    }

    fn best(&self, claims: &Claims, found: &[Found]) -> Option<Bid> {
        let bids = self.bidders.iter().flat_map(|rule| self.bids(*rule, claims, found));
        bids.max_by(|a, b| a.worth.total_cmp(&b.worth).then(b.anchor.cmp(&a.anchor)).then(b.rule.cmp(&a.rule)))
    }

    fn bids(&self, rule: RuleId, claims: &Claims, found: &[Found]) -> Vec<Bid> {
        let anchors = self
            .votes
            .iter()
            .filter(|(event, votes)| claims.is_free(**event) && votes.get(&rule).is_some_and(|vote| vote.anchor));
        anchors.filter_map(|(anchor, _)| self.bid(rule, *anchor, claims, found)).collect()
    }

    fn bid(&self, rule_id: RuleId, anchor: usize, claims: &Claims, found: &[Found]) -> Option<Bid> {
        let rule = self.rules.rule(rule_id);
        if !follows(rule, self.before(anchor, found)) {
            return None;
        }
        let members: Vec<(usize, Vote)> = self.members(rule_id, rule, anchor, claims);
        let parts = Parts::of(self.rules, rule, &members);
        let nearness = mean(members.iter().map(|(_, vote)| vote.nearness));
        (parts.coverage >= LEAST_COVERAGE).then_some(Bid {
            rule: rule_id,
            anchor,
            members,
            coverage: parts.coverage,
            worth: parts.coverage.powi(3) * parts.weight,
            nearness,
        })
    }

    /// The rule of the last signal before an event, background left out.
    fn before(&self, anchor: usize, found: &[Found]) -> Option<&Rule> {
        let earlier = self.letter.iter().chain(found).filter(|found| found.anchor < anchor);
        let clicks = earlier.map(|found| (found.anchor, self.rules.rule(found.rule)));
        clicks.filter(|(_, rule)| rule.kind != Kind::Background).max_by_key(|(anchor, _)| *anchor).map(|(_, rule)| rule)
    }

    fn members(&self, rule_id: RuleId, rule: &Rule, anchor: usize, claims: &Claims) -> Vec<(usize, Vote)> {
        let near = if rule.alone { anchor..anchor + 1 } else { window(self.events, anchor, rule) };
        let free = near.filter(|event| claims.is_free(*event));
        free.filter_map(|event| Some((event, *self.votes.get(&event)?.get(&rule_id)?))).collect()
    }
}

/// What was seen of a rule's parts.
struct Parts {
    /// The share of what the rule requires.
    coverage: f64,
    /// How much that explains.
    weight: f64,
}

impl Parts {
    fn of(rules: &RuleSet, rule: &Rule, members: &[(usize, Vote)]) -> Self {
        let best = |part: usize| {
            let of_part = members.iter().filter(|(_, vote)| usize::from(vote.part) == part);
            of_part.map(|(_, vote)| vote.nearness * vote.share).fold(0.0, f64::max)
        };
        let (mut seen, mut asked, mut weight) = (0.0, 0.0, 0.0);
        for (index, part) in rule.parts.iter().enumerate() {
            let nearness = best(index);
            if part.required {
                seen += nearness;
                asked += 1.0;
            }
            weight += nearness * if part.required { 1.0 } else { 0.3 };
        }
        let coverage = if asked > 0.0 { seen / asked } else { (0..rule.parts.len()).map(best).fold(0.0, f64::max) };
        let _ = rules;
        Self { coverage, weight }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a signal has at most some thousand events")]
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

fn signal(rule: &Rule, events: &[Prepared<'_>], bid: &Bid) -> Found {
    let role_of = |event: usize, vote: Vote| match rule.parts[usize::from(vote.part)].required {
        _ if event == bid.anchor => Role::Anchor,
        true => Role::Required,
        false => Role::Optional,
    };
    let seen = |part: usize| bid.members.iter().any(|(_, vote)| usize::from(vote.part) == part);
    let missing = rule.parts.iter().enumerate().filter(|(index, part)| part.required && !seen(*index));
    let missing: Vec<String> = missing.map(|(_, part)| part.call.clone()).collect();
    let letter = missing.is_empty() && bid.members.iter().all(|(_, vote)| vote.nearness >= 1.0);
    let _ = events;
    Found {
        rule: bid.rule,
        anchor: bid.anchor,
        members: bid.members.iter().map(|(event, vote)| (*event, role_of(*event, *vote))).collect(),
        origin: if letter { Origin::Letter } else { Origin::Likeness },
        confidence: if letter { 1.0 } else { (bid.coverage * bid.nearness).sqrt() * MOST },
        missing,
    }
}
