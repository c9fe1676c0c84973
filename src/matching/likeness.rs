//! Pages that are not met to the letter: calls in shapes that nobody has seen, or required calls that are missing.
//!
//! What the letter left free is cut into bursts. Every page that makes calls of a burst bids for it: by how much of the
//! page was seen, how near the shapes are, and how rare the calls. The best bid takes its events, then the rest is
//! bid for again; so one page that explains ten calls is never beaten by ten that explain one each.

use rustc_hash::FxHashMap;

use super::claim::{Claims, Found};
use super::letter::{follows, window};
use super::prepare::Prepared;
use crate::rule::{Rule, RuleId, RuleSet};
use crate::signal::{Kind, Origin, Role};

/// A pause of so many seconds ends a burst.
const PAUSE_S: i64 = 4;
/// A burst of so many events is cut: an auction's cost grows with their square, and no page is likely to need more.
const LARGEST: usize = 400;
/// A shape that comes no nearer than this says nothing.
const FAR: f64 = 0.45;
/// A page of which less than this was seen is no explanation.
const LEAST_COVERAGE: f64 = 0.5;
/// How sure the best bid can be: it is not the letter.
const MOST: f64 = 0.95;

/// How near an event comes to one part of a rule.
#[derive(Debug, Clone, Copy)]
struct Likeness {
    part: u16,
    anchor: bool,
    nearness: f64,
}

/// One event's likenesses, the best for each rule.
type Votes = FxHashMap<RuleId, Likeness>;

struct Bid {
    rule: RuleId,
    anchor: usize,
    members: Vec<(usize, Likeness)>,
    coverage: f64,
    /// What the competition goes by: coverage times the weight of all that is explained.
    worth: f64,
    nearness: f64,
}

/// Finds the pages that explain what is still free, and takes their events.
pub(super) fn find(rules: &RuleSet, events: &[Prepared<'_>], letter: &[Found], claims: &mut Claims) -> Vec<Found> {
    let mut found = Vec::new();
    for burst in bursts(rules, events, claims) {
        let auction = Auction::new(rules, events, letter, &burst);
        while let Some(bid) = auction.best(claims) {
            let signal = signal(rules.rule(bid.rule), events, &bid);
            claims.take(&signal.members);
            found.push(signal);
        }
    }
    found.sort_by_key(|found| found.anchor);
    found
}

/// The free events of calls that some rule makes, cut at each pause, and where there are too many for one auction.
fn bursts(rules: &RuleSet, events: &[Prepared<'_>], claims: &Claims) -> Vec<Vec<usize>> {
    let mut bursts: Vec<Vec<usize>> = Vec::new();
    let is_known = |event: usize| !rules.shapes_of(events[event].row.call).is_empty();
    for event in (0..events.len()).filter(|event| claims.is_free(*event) && is_known(*event)) {
        let goes_on = |burst: &Vec<usize>| {
            let pause = burst.last().map(|last| events[*last].time().plus_seconds(PAUSE_S));
            burst.len() < LARGEST && pause.is_some_and(|pause| events[event].time() < pause)
        };
        match bursts.last_mut().filter(|burst| goes_on(burst)) {
            Some(burst) => burst.push(event),
            None => bursts.push(vec![event]),
        }
    }
    bursts
}

struct Auction<'a, 'e> {
    rules: &'a RuleSet,
    events: &'a [Prepared<'e>],
    letter: &'a [Found],
    votes: FxHashMap<usize, Votes>,
    bidders: Vec<RuleId>,
}

impl<'a, 'e> Auction<'a, 'e> {
    fn new(rules: &'a RuleSet, events: &'a [Prepared<'e>], letter: &'a [Found], burst: &[usize]) -> Self {
        let votes: FxHashMap<usize, Votes> =
            burst.iter().map(|event| (*event, votes(rules, &events[*event]))).collect();
        let mut bidders: Vec<RuleId> = votes
            .values()
            .flat_map(|votes| votes.iter().filter(|(_, likeness)| likeness.anchor).map(|(rule, _)| *rule))
            .collect();
        bidders.sort_unstable();
        bidders.dedup();
        Self { rules, events, letter, votes, bidders }
    }

    fn best(&self, claims: &Claims) -> Option<Bid> {
        let bids = self.bidders.iter().filter_map(|rule| self.bid(*rule, claims));
        bids.max_by(|a, b| a.worth.total_cmp(&b.worth).then(b.rule.cmp(&a.rule)))
    }

    fn bid(&self, rule_id: RuleId, claims: &Claims) -> Option<Bid> {
        let rule = self.rules.rule(rule_id);
        let anchor = self.anchor(rule_id, claims)?;
        if !follows(rule, self.before(anchor)) {
            return None;
        }
        let members: Vec<(usize, Likeness)> = self.members(rule_id, rule, anchor, claims);
        let coverage = coverage(self.rules, rule, &members);
        let nearness = mean(members.iter().map(|(_, likeness)| likeness.nearness));
        let weight: f64 = members
            .iter()
            .map(|(event, likeness)| self.rules.rarity(self.events[*event].row.call) * likeness.nearness)
            .sum();
        (coverage >= LEAST_COVERAGE).then_some(Bid {
            rule: rule_id,
            anchor,
            members,
            coverage,
            worth: coverage * coverage * weight,
            nearness,
        })
    }

    /// The free anchor of the rule that is nearest to its shape, the first of equals.
    fn anchor(&self, rule: RuleId, claims: &Claims) -> Option<usize> {
        let anchors = self.votes.iter().filter(|(event, _)| claims.is_free(**event)).filter_map(|(event, votes)| {
            let likeness = votes.get(&rule).filter(|likeness| likeness.anchor)?;
            Some((*event, likeness.nearness))
        });
        anchors.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(event, _)| event)
    }

    /// The rule of the last signal to the letter before an event, background left out.
    fn before(&self, anchor: usize) -> Option<&Rule> {
        let earlier = self.letter.iter().filter(|found| found.anchor < anchor).map(|found| self.rules.rule(found.rule));
        earlier.rev().find(|rule| rule.kind != Kind::Background)
    }

    fn members(&self, rule_id: RuleId, rule: &Rule, anchor: usize, claims: &Claims) -> Vec<(usize, Likeness)> {
        let near = if rule.alone { anchor..anchor + 1 } else { window(self.events, anchor, rule) };
        let free = near.filter(|event| claims.is_free(*event));
        free.filter_map(|event| Some((event, *self.votes.get(&event)?.get(&rule_id)?))).collect()
    }
}

/// For each rule that makes the event's call, how near the event comes.
fn votes(rules: &RuleSet, event: &Prepared<'_>) -> Votes {
    let subject = event.subject();
    let mut votes = Votes::default();
    for shape in rules.shapes_of(event.row.call) {
        let nearness = if event.shape == Some(*shape) { 1.0 } else { rules.shape(*shape).likeness(&subject) };
        for usage in rules.uses(*shape).iter().filter(|_| nearness > FAR) {
            let likeness = Likeness { part: usage.part, anchor: usage.anchor, nearness };
            let vote = votes.entry(usage.rule).or_insert(likeness);
            if vote.nearness < nearness {
                *vote = likeness;
            }
        }
    }
    votes
}

/// How much of what the rule requires was seen, by weight and nearness; of a rule that requires nothing, of its best.
fn coverage(rules: &RuleSet, rule: &Rule, members: &[(usize, Likeness)]) -> f64 {
    let best = |part: usize| {
        let of_part = members.iter().filter(|(_, likeness)| usize::from(likeness.part) == part);
        of_part.map(|(_, likeness)| likeness.nearness).fold(0.0, f64::max)
    };
    let required = rule.parts.iter().enumerate().filter(|(_, part)| part.required);
    let (seen, asked) = required.fold((0.0, 0.0), |(seen, asked), (index, part)| {
        let weight = rules.rarity(&part.call);
        (seen + weight * best(index), asked + weight)
    });
    if asked > 0.0 { seen / asked } else { (0..rule.parts.len()).map(best).fold(0.0, f64::max) }
}

#[expect(clippy::cast_precision_loss, reason = "a signal has at most some thousand events")]
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

fn signal(rule: &Rule, events: &[Prepared<'_>], bid: &Bid) -> Found {
    let role_of = |event: usize, likeness: Likeness| match rule.parts[usize::from(likeness.part)].required {
        _ if event == bid.anchor => Role::Anchor,
        true => Role::Required,
        false => Role::Optional,
    };
    let seen = |call: &str| bid.members.iter().any(|(event, _)| events[*event].row.call == call);
    let missing = rule.parts.iter().filter(|part| part.required && !seen(&part.call));
    Found {
        rule: bid.rule,
        anchor: bid.anchor,
        members: bid.members.iter().map(|(event, likeness)| (*event, role_of(*event, *likeness))).collect(),
        origin: Origin::Likeness,
        confidence: (bid.coverage * bid.nearness).sqrt() * MOST,
        missing: missing.map(|part| part.call.clone()).collect(),
    }
}
