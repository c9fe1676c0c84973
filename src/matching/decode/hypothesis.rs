//! Hypotheses: what may have caused an event and the events around it, and the cost of each explanation.

use super::clue::{Clue, Purpose};
use super::lists::{AROUND_S, Lists};
use crate::matching::burst::PAUSE_S;
use crate::matching::claim::MatchedSignal;
use crate::matching::prepared::PreparedStretch;
use crate::matching::votes::Vote;
use crate::rule::weights::Costs;
use crate::rule::{Rule, RuleId, TimeWindow};
use crate::signal::{Kind, Role};

/// Calls that arrive up to this many seconds after a page's window still belong to the page.
const LATE_S: i64 = 2;
/// The shorter pause, in seconds, that may end a page that is not in the catalog.
const SHORT_PAUSE_S: i64 = 2;
/// A request is not a call by the page if the cost of its differences exceeds this, in nats.
const MAX_DRIFT: f64 = 2.2;
/// The lowest coverage of required calls that counts as evidence for a page.
const MIN_COVERAGE: f64 = 0.34;

/// The maximum number of required calls of a rule.
const MAX_REQUIRED: usize = 32;

/// What may have caused a group of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::matching) enum Cause {
    /// A page or action in the catalog.
    Page(RuleId),
    /// A page that is not in the catalog, in one console.
    Visit,
    /// A change on an unknown page.
    Change,
    /// The navigation bar.
    Noise,
    /// A service acting on behalf of the person.
    Service,
    /// A call near a page that exact shapes identify, which may belong to that page.
    Adjacent,
    /// A service that acted on its own in the person's session. It produces no signal.
    Unassigned,
    /// An open page that repeats a request at this interval, in seconds.
    Poll(i64),
}

/// One event of a hypothesis.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching) struct HypothesisMember {
    pub(in crate::matching) event: usize,
    /// The vote for the call of the page that the event matches; `None` if the page is not known to make the call.
    pub(in crate::matching) vote: Option<Vote>,
}

/// One item of a hypothesis's cost: its reason, how often it applies, and the resulting cost in nats.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::matching) struct CostItem {
    pub(in crate::matching) of: &'static str,
    pub(in crate::matching) times: f64,
    pub(in crate::matching) cost: f64,
}

/// Receives the items of a cost: reason, count and cost.
pub(super) type CostVisitor<'s> = dyn FnMut(&'static str, f64, f64) + 's;

/// An explanation of some events.
#[derive(Debug, Clone)]
pub(in crate::matching) struct Hypothesis {
    pub(in crate::matching) cause: Cause,
    /// The event that it starts from.
    pub(in crate::matching) anchor: usize,
    /// Its events, in order.
    pub(in crate::matching) members: Vec<HypothesisMember>,
    /// Events near an exact page that may belong to it.
    pub(in crate::matching) adjacent: Vec<usize>,
    /// Whether it comes from matching exact shapes alone.
    pub(in crate::matching) exact_match: bool,
    /// Whether every required call was seen, and every event has an exact shape.
    pub(in crate::matching) exact: bool,
    /// The share of the required calls that was seen, weighted by how closely they match.
    pub(in crate::matching) coverage: f64,
    /// Its cost in nats, without the effect of the preceding clicks.
    pub(super) cost: f64,
}

impl Hypothesis {
    /// All events that it explains.
    pub(super) fn events(&self) -> impl Iterator<Item = usize> {
        self.members.iter().map(|member| member.event).chain(self.adjacent.iter().copied())
    }

    pub(in crate::matching) fn rule(&self) -> Option<RuleId> {
        if let Cause::Page(rule) = self.cause { Some(rule) } else { None }
    }

    /// Whether it is a person's click.
    pub(super) fn is_click(&self, stretch: &PreparedStretch<'_, '_>) -> bool {
        match self.cause {
            Cause::Page(rule) => stretch.rules.rule(rule).kind != Kind::Background,
            Cause::Visit | Cause::Change => true,
            Cause::Noise | Cause::Service | Cause::Adjacent | Cause::Unassigned | Cause::Poll(_) => false,
        }
    }

    /// Whether it opens a page, rather than performing an action.
    pub(super) fn is_view(&self, stretch: &PreparedStretch<'_, '_>) -> bool {
        match self.cause {
            Cause::Page(rule) => matches!(stretch.rules.rule(rule).kind, Kind::View | Kind::List),
            Cause::Visit => true,
            _ => false,
        }
    }
}

/// The events that are not explained yet.
pub(super) trait FreeEvents {
    /// Whether the event is not explained yet.
    fn is_free(&self, event: usize) -> bool;
}

/// Generates hypotheses.
pub(super) struct HypothesisBuilder<'d, 'e> {
    pub(super) stretch: PreparedStretch<'d, 'e>,
    pub(super) clues: &'d [Clue<'d>],
    pub(super) lists: &'d Lists,
    pub(super) costs: &'d Costs,
}

impl HypothesisBuilder<'_, '_> {
    /// Whether at least one of the page's calls was not made by a service acting on its own.
    fn has_own_call(&self, page: &Hypothesis) -> bool {
        page.members.iter().any(|member| self.clues[member.event].purpose != Purpose::Acting)
    }

    fn is_background(&self, page: &Hypothesis) -> bool {
        matches!(page.cause, Cause::Page(rule) if self.stretch.rules.rule(rule).kind == Kind::Background)
    }

    /// All hypotheses whose first event is `event`.
    pub(super) fn at(&self, event: usize, free: &impl FreeEvents) -> Vec<Hypothesis> {
        let mut all = Vec::new();
        for found in self.lists.exact_matches(event) {
            all.extend(self.of_exact_match(found, free));
        }
        for (rule, vote) in self.lists.votes(event) {
            self.add_pages(event, *rule, *vote, free, &mut all);
        }
        all.retain(|page| self.is_background(page) || self.has_own_call(page));
        self.penalize_outranked(&mut all);
        self.add_changes(event, free, &mut all);
        self.add_background(event, free, &mut all);
        if self.clues[event].purpose == Purpose::Read {
            let (long, short) = (self.visit(event, free, PAUSE_S), self.visit(event, free, SHORT_PAUSE_S));
            let is_shorter =
                short.as_ref().zip(long.as_ref()).is_some_and(|(short, long)| short.members.len() < long.members.len());
            all.extend(short.filter(|_| is_shorter));
            all.extend(long);
        }
        all
    }

    /// The hypothesis for an exact match, if all its events are free.
    fn of_exact_match(&self, found: &MatchedSignal, free: &impl FreeEvents) -> Option<Hypothesis> {
        let member = |(event, _): &(usize, Role)| {
            let vote = self.lists.vote(*event, found.matched_rule).filter(|_| free.is_free(*event))?;
            Some(HypothesisMember { event: *event, vote: Some(vote) })
        };
        let members = found.members.iter().map(member).collect::<Option<Vec<_>>>()?;
        let mut page = self.page_hypothesis(found.matched_rule, found.anchor, members, Vec::new())?;
        page.exact_match = true;
        page.cost = self.total(&page);
        Some(page)
    }

    fn add_pages(&self, first: usize, id: RuleId, vote: Vote, free: &impl FreeEvents, all: &mut Vec<Hypothesis>) {
        let rule = self.stretch.rules.rule(id);
        let mut add = |hypothesis: Option<Hypothesis>| all.extend(hypothesis);
        if rule.alone {
            if vote.anchor {
                add(self.page_hypothesis(
                    id,
                    first,
                    vec![HypothesisMember { event: first, vote: Some(vote) }],
                    Vec::new(),
                ));
            }
            return;
        }
        let Some((anchor, members)) = self.members(first, id, rule, free) else { return };
        if members.len() > 1 {
            if let Some(cut) = self.before_repetition(&members) {
                add(self.page_hypothesis(id, anchor.min(members[cut - 1].event), members[..cut].to_vec(), Vec::new()));
            }
            if let Some(exact) = exact_only(&members) {
                add(self.page_hypothesis(id, anchor_among(&exact, anchor), exact, Vec::new()));
            }
            if let Some(one) = self.with_one_resource(first, &members) {
                add(self.page_hypothesis(id, anchor_among(&one, anchor), one, Vec::new()));
            }
            if let Some(one) = self.with_one_key(first, &members) {
                add(self.page_hypothesis(id, anchor_among(&one, anchor), one, Vec::new()));
            }
        }
        if rule.kind != Kind::Background {
            let nearby = self.nearby(rule, &members, free);
            if !nearby.is_empty() {
                add(self.page_hypothesis(id, anchor, members.clone(), nearby));
            }
        }
        add(self.page_hypothesis(id, anchor, members, Vec::new()));
    }

    /// The anchor, and the free events around it that the page is known to make, starting with `first`. `None` if too
    /// few of the required calls are present.
    fn members(
        &self,
        first: usize,
        id: RuleId,
        rule: &Rule,
        free: &impl FreeEvents,
    ) -> Option<(usize, Vec<HypothesisMember>)> {
        let (events, window) = (self.stretch.events, TimeWindow::of(rule));
        let list = self.lists.of(id, first);
        let latest = events[first].time().plus_seconds(i64::from(window.before_s));
        let starts = list.iter().take_while(|(event, _)| events[*event].time() <= latest);
        let anchor =
            starts.into_iter().find(|(event, vote)| vote.anchor && free.is_free(*event)).map_or(first, |one| one.0);
        let until = events[anchor].time().plus_seconds(i64::from(window.after_s));
        let late = until.plus_seconds(LATE_S);
        let within = list.iter().take_while(|(event, _)| events[*event].time() <= late);
        let near = within.filter(|(event, vote)| {
            (events[*event].time() <= until || vote.nearness < 1.0)
                && free.is_free(*event)
                && self.drift(vote) <= MAX_DRIFT
        });
        let required = rule.parts.iter().take_while(|part| part.required).count();
        let mut seen = SeenParts::default();
        near.clone().for_each(|(_, vote)| seen.add(vote.part));
        let there = (0..required).filter(|part| seen.contains(*part)).count();
        let enough = required == 0 || count(there) >= MIN_COVERAGE * count(required);
        let member = |(event, vote): &(usize, Vote)| HypothesisMember { event: *event, vote: Some(*vote) };
        enough.then(|| (anchor, near.map(member).collect()))
    }

    fn drift(&self, vote: &Vote) -> f64 {
        self.costs.drift * vote.distance
    }

    /// The index at which the page's requests start to repeat, which suggests that the page was opened again.
    fn before_repetition(&self, members: &[HypothesisMember]) -> Option<usize> {
        let representative = |at: usize| self.stretch.events[members[at].event].representative;
        (1..members.len()).find(|at| {
            self.stretch.seconds_between(members[at - 1].event, members[*at].event) >= 1
                && (0..*at).any(|before| representative(before) == representative(*at))
        })
    }

    /// The members about the same resource as the first one, or about no particular resource; `None` if these are all.
    fn with_one_resource(&self, first: usize, members: &[HypothesisMember]) -> Option<Vec<HypothesisMember>> {
        let [resource] = self.clues[first].resources.as_ref() else { return None };
        let same = |member: &&HypothesisMember| {
            let resources = &self.clues[member.event].resources;
            resources.iter().all(|other| other.kind != resource.kind || other.value == resource.value)
        };
        let one: Vec<HypothesisMember> = members.iter().filter(same).copied().collect();
        (one.len() < members.len()).then_some(one)
    }

    /// The members signed with the same access key as the first one, or without a known key; `None` if these are all.
    fn with_one_key(&self, first: usize, members: &[HypothesisMember]) -> Option<Vec<HypothesisMember>> {
        let key = self.clues[first].key?;
        let one: Vec<HypothesisMember> = members
            .iter()
            .filter(|member| self.clues[member.event].key.is_none_or(|other| other == key))
            .copied()
            .collect();
        (one.len() < members.len()).then_some(one)
    }

    /// Free reads around a page's events that the page is not known to make: from the same console, or with the same
    /// key.
    fn nearby(&self, rule: &Rule, members: &[HypothesisMember], free: &impl FreeEvents) -> Vec<usize> {
        let (Some(first), Some(last)) = (members.first(), members.last()) else { return Vec::new() };
        let events = self.stretch.events;
        let until = events[last.event].time().plus_seconds(AROUND_S);
        let console = self.stretch.rules.words().console_of(&rule.service);
        let is_member = |event: usize| members.binary_search_by_key(&event, |member| member.event).is_ok();
        let is_own = |event: usize| {
            let clue = &self.clues[event];
            let same_key = clue.key.is_some() && clue.key == self.clues[first.event].key;
            // Calls to services that the page itself calls belong to the page as well.
            let same_service =
                || members.iter().any(|member| self.stretch.service(member.event) == self.stretch.service(event));
            clue.purpose == Purpose::Read && (same_key || clue.console == console || same_service())
        };
        let later = (first.event..events.len()).take_while(|event| events[*event].time() <= until);
        later.filter(|event| free.is_free(*event) && !is_member(*event) && is_own(*event)).collect()
    }

    /// The hypothesis of a page together with other reads nearby; `None` if too few of the page's calls were seen.
    fn page_hypothesis(
        &self,
        id: RuleId,
        anchor: usize,
        mut members: Vec<HypothesisMember>,
        nearby: Vec<usize>,
    ) -> Option<Hypothesis> {
        let rule = self.stretch.rules.rule(id);
        let coverage = coverage(rule, &members);
        // A page without required calls needs at least one call that can start it.
        let is_started = || members.iter().any(|member| member.vote.is_some_and(|vote| vote.anchor));
        let requires = rule.parts.first().is_some_and(|part| part.required);
        if coverage < MIN_COVERAGE || !(requires || is_started()) {
            return None;
        }
        let exact =
            coverage >= 1.0 && members.iter().all(|member| member.vote.is_some_and(|vote| vote.nearness >= 1.0));
        let anchor = members.iter().find(|member| member.event == anchor).or(members.first())?.event;
        let adjacent = if exact {
            nearby
        } else {
            members.extend(nearby.into_iter().map(|event| HypothesisMember { event, vote: None }));
            members.sort_unstable_by_key(|member| member.event);
            Vec::new()
        };
        let mut page = Hypothesis {
            cause: Cause::Page(id),
            anchor,
            members,
            adjacent,
            exact_match: false,
            exact,
            coverage,
            cost: 0.0,
        };
        page.cost = self.total(&page);
        Some(page)
    }
}

/// The parts of a rule that were seen, one bit each. Parts from the 64th on share a bit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SeenParts(u64);

impl SeenParts {
    fn add(&mut self, part: u16) {
        self.0 |= 1 << part.min(63);
    }

    pub(super) fn contains(self, part: usize) -> bool {
        self.0 >> part.min(63) & 1 == 1
    }

    pub(super) fn of(members: &[HypothesisMember]) -> Self {
        let mut seen = Self::default();
        members.iter().filter_map(|member| member.vote).for_each(|vote| seen.add(vote.part));
        seen
    }
}

/// The share of the required calls that was seen, weighted by how closely they match. For a rule without required
/// calls, the best weight. The required parts come first in a rule.
fn coverage(rule: &Rule, members: &[HypothesisMember]) -> f64 {
    let asked = rule.parts.iter().take_while(|part| part.required).count();
    let weights = || members.iter().filter_map(|member| member.vote).map(|vote| (usize::from(vote.part), vote.weight));
    if asked == 0 {
        return weights().map(|(_, weight)| weight).fold(0.0, f64::max);
    }
    let mut best = [0.0_f64; MAX_REQUIRED];
    for (part, weight) in weights().filter(|(part, _)| *part < asked.min(MAX_REQUIRED)) {
        best[part] = best[part].max(weight);
    }
    best[..asked.min(MAX_REQUIRED)].iter().sum::<f64>() / count(asked.min(MAX_REQUIRED))
}

/// The members with exact shapes, if the first member is one of them and there are more.
fn exact_only(members: &[HypothesisMember]) -> Option<Vec<HypothesisMember>> {
    let is_exact = |member: &&HypothesisMember| member.vote.is_some_and(|vote| vote.nearness >= 1.0);
    let exact: Vec<HypothesisMember> = members.iter().filter(is_exact).copied().collect();
    (is_exact(&members.first()?) && exact.len() < members.len()).then_some(exact)
}

fn anchor_among(members: &[HypothesisMember], anchor: usize) -> usize {
    let is_there = members.iter().any(|member| member.event == anchor);
    let other = || members.iter().find(|member| member.vote.is_some_and(|vote| vote.anchor)).or(members.first());
    if is_there { anchor } else { other().map_or(anchor, |member| member.event) }
}

pub(super) fn distinct<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    let mut all: Vec<&str> = texts.collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

#[expect(clippy::cast_precision_loss, reason = "a stretch has at most 60,000 events")]
pub(in crate::matching) fn count(number: usize) -> f64 {
    number as f64
}
