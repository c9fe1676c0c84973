//! The cost of a hypothesis: the weighted evidence for and against it.

use foldhash::HashMap;

use super::clue::Purpose;
use super::hypothesis::{
    Cause, CostVisitor, Hypothesis, HypothesisBuilder, HypothesisMember, SeenParts, count, distinct,
};
use crate::matching::proof;
use crate::rule::schema::Basis;
use crate::rule::{Rule, RuleId};
use crate::signal::Kind;

/// At most this many requests that exactly match another page are counted.
const MAX_OTHERS: usize = 3;
/// A page that queries one region may make requests to this many regions, for resources elsewhere and for global
/// services.
const MAX_REGIONS: usize = 3;
/// The number of seconds within which a page that is not in the catalog makes all its requests.
const VISIT_S: i64 = 10;
/// The limit of the evidence from exact shapes.
const MAX_EVIDENCE: f64 = 4.0;

impl HypothesisBuilder<'_, '_> {
    /// The cost of a hypothesis in nats, without the effect of the preceding clicks.
    pub(super) fn total(&self, hypothesis: &Hypothesis) -> f64 {
        let mut total = 0.0;
        self.cost_items(hypothesis, &mut |_, times, cost| total += times * cost);
        total
    }

    /// Reports the items of that cost.
    pub(super) fn cost_items(&self, hypothesis: &Hypothesis, add_cost: &mut CostVisitor<'_>) {
        let costs = self.costs;
        let events = count(hypothesis.members.len());
        match hypothesis.cause {
            Cause::Page(id) => self.page_costs(hypothesis, id, add_cost),
            Cause::Visit => self.visit_costs(hypothesis, add_cost),
            Cause::Change => {
                let changes = hypothesis
                    .members
                    .iter()
                    .filter(|member| self.clues[member.event].purpose == Purpose::Change)
                    .count();
                add_cost("a change", 1.0, costs.change);
                add_cost("a read next to a change", events - count(changes), costs.reload);
            }
            Cause::Noise | Cause::Service | Cause::Unassigned => {
                add_cost("a call without a click", events, costs.noise);
                let shapes = hypothesis.members.iter().filter_map(|member| self.stretch.events[member.event].shape);
                let known = shapes.filter(|shape| self.stretch.rules.is_required(*shape)).count();
                add_cost("a call that a known page requires", count(known), costs.noise_known);
            }
            Cause::Adjacent => add_cost("an extra call, close in time to the page", events, costs.along),
            Cause::Poll(_) => {
                add_cost("a call in a poll", events, costs.poll);
                let events = self.clues[hypothesis.anchor].poll.map_or(1, |poll| poll.events);
                add_cost("a poll with few repetitions", 1.0 / count(events * events), costs.poll_few);
            }
        }
    }

    fn page_costs(&self, page: &Hypothesis, id: RuleId, add_cost: &mut CostVisitor<'_>) {
        let (costs, rule) = (self.costs, self.stretch.rules.rule(id));
        match rule.kind {
            Kind::Background => add_cost("a background rule", 1.0, costs.background),
            Kind::View | Kind::List => add_cost("a page", 1.0, costs.page),
            _ => add_cost("an action", 1.0, costs.action),
        }
        // A generation known only from documentation does not make an observed page less certain.
        if self.stretch.rules.rule(self.stretch.rules.page(id)).provenance.basis == Basis::Documented {
            add_cost("known only from documentation", 1.0, costs.documented);
        }
        if rule.rare {
            add_cost("a rarely opened page", 1.0, costs.rare);
        }
        let seen = SeenParts::of(&page.members);
        let (mut missing, mut unseen) = (0, 0);
        for (_, call) in rule.parts.iter().enumerate().filter(|(part, _)| !seen.contains(*part)) {
            if call.required { missing += 1 } else { unseen += 1 }
        }
        add_cost("a missing required call", count(missing), costs.missing);
        if costs.unseen > 0.0 {
            add_cost("a missing optional call", count(unseen).min(costs.unseen_most / costs.unseen), costs.unseen);
        }
        if !page.members.iter().any(|member| member.vote.is_some_and(|vote| vote.anchor)) {
            add_cost("no anchor call for the page", 1.0, costs.no_anchor);
        }
        let drifted = page.members.iter().filter_map(|member| member.vote);
        add_cost("requests that differ", drifted.map(|vote| vote.distance).sum(), costs.drift);
        let others = page.members.iter().filter(|member| member.vote.is_some_and(|vote| vote.is_others)).count();
        add_cost("requests that exactly match another page", count(others.min(MAX_OTHERS)), costs.other_shape);
        self.member_costs(page, rule, add_cost);
        if page.exact {
            let evidence = self.evidence(page);
            if costs.exact > 0.0 {
                add_cost("exact shapes", evidence.min(costs.exact_most / costs.exact), -costs.exact);
            }
            if !page.exact_match {
                add_cost("exact shapes match another page", 1.0, costs.not_letter);
            }
        }
        // Background accompanies every page, so requests that only resemble it are not evidence of it.
        if page.exact_match && (page.exact || rule.kind != Kind::Background) {
            let of = if page.exact { "exact shapes match this page" } else { "likely shapes match this page" };
            add_cost(of, 0.3 + self.evidence(page).min(MAX_EVIDENCE), -costs.exact_match);
        }
    }

    /// Adds the costs of signs that the members do not belong to a single page.
    fn member_costs(&self, page: &Hypothesis, rule: &Rule, add_cost: &mut CostVisitor<'_>) {
        let costs = self.costs;
        let first_key = page.members.first().and_then(|member| self.clues[member.event].key);
        let is_same_key = |event: usize| self.clues[event].key.is_some() && self.clues[event].key == first_key;
        let foreign = || page.members.iter().filter(|member| member.vote.is_none()).map(|member| member.event);
        let calls = |events: &mut dyn Iterator<Item = usize>| {
            let calls: Vec<&str> = events.map(|event| self.stretch.events[event].row.call).collect();
            count(distinct(calls.into_iter()))
        };
        let same_key = calls(&mut foreign().filter(|event| is_same_key(*event)));
        let other = calls(&mut foreign().filter(|event| !is_same_key(*event)));
        let adjacent = calls(&mut page.adjacent.iter().copied());
        add_cost("another call by the same console", other, costs.foreign);
        add_cost("another call with the same access key", same_key, costs.foreign_same_key);
        add_cost("an extra call, close in time to the page", adjacent, costs.along);
        let own = |member: &HypothesisMember| {
            self.stretch.service(member.event) == rule.service || self.clues[member.event].console == rule.service
        };
        if self.stretch.rules.has_calls(&rule.service) && !page.members.iter().any(own) {
            add_cost("no call to the page's service", 1.0, costs.no_own_call);
        }
        if rule.kind != Kind::Background && !page.exact_match {
            add_cost("a pause", count(if page.exact { 0 } else { self.pauses(&page.members) }), costs.pause);
            add_cost("a repeated request", count(self.repetitions(&page.members)), costs.repeated);
        }
        if rule.kind != Kind::Background {
            add_cost(
                "more than one access key",
                count(
                    distinct(page.members.iter().filter_map(|member| self.clues[member.event].key)).saturating_sub(1),
                ),
                costs.second_key,
            );
        }
        let regions = distinct(page.members.iter().filter_map(|member| self.stretch.events[member.event].row.region));
        if !rule.every_region && rule.kind != Kind::Background && regions > MAX_REGIONS {
            add_cost("requests in many regions", 3.0, costs.second_thing);
        }
        if rule.kind == Kind::View {
            add_cost("an additional resource", count(self.excess_resources(&page.members)), costs.second_thing);
        }
    }

    /// The number of pauses between the members.
    fn pauses(&self, members: &[HypothesisMember]) -> usize {
        members.windows(2).filter(|pair| self.stretch.seconds_between(pair[0].event, pair[1].event) >= 2).count()
    }

    /// The number of requests that are repeated after a second or more.
    fn repetitions(&self, members: &[HypothesisMember]) -> usize {
        let mut last: HashMap<usize, usize> = HashMap::default();
        let mut again = 0;
        for member in members {
            let before = last.insert(self.stretch.events[member.event].representative, member.event);
            again += usize::from(before.is_some_and(|before| self.stretch.seconds_between(before, member.event) >= 1));
        }
        again
    }

    /// The number of resources named by the members beyond one of each kind. Requests that name several resources
    /// belong to a list and are not counted.
    fn excess_resources(&self, members: &[HypothesisMember]) -> usize {
        let mut resources: Vec<_> = members
            .iter()
            .filter_map(|member| match self.clues[member.event].resources.as_ref() {
                [resource] => Some(*resource),
                _ => None,
            })
            .collect();
        resources.sort_unstable();
        resources.dedup();
        resources.windows(2).filter(|pair| pair[0].kind == pair[1].kind).count().min(3)
    }

    /// The evidence from exact shapes: the fewer pages use a shape, the more it counts.
    fn evidence(&self, page: &Hypothesis) -> f64 {
        proof::evidence(
            self.stretch.rules,
            page.members.iter().filter_map(|member| {
                let event = &self.stretch.events[member.event];
                if page.exact { event.shape } else { event.likely }
            }),
        )
    }

    fn visit_costs(&self, visit: &Hypothesis, add_cost: &mut CostVisitor<'_>) {
        let costs = self.costs;
        let calls = distinct(visit.members.iter().map(|member| self.stretch.events[member.event].row.call));
        // A longer series of reads comes from more than one page.
        let lasted = visit.members.last().map_or(0, |last| self.stretch.seconds_between(visit.anchor, last.event));
        add_cost("an unknown page", 1.0 + count(usize::try_from(lasted / VISIT_S).unwrap_or_default()), costs.visit);
        add_cost("a pause", count(self.pauses(&visit.members)), costs.pause);
        add_cost("a repeated request", count(self.repetitions(&visit.members)), costs.repeated);
        add_cost("a call made by an unknown page", count(calls), costs.visit_call);
        add_cost("a call that only known pages make", self.known(visit), costs.visit_known);
    }

    /// The number of calls whose shapes exactly match known pages, each divided by the number of those pages. A shape
    /// that matches any request counts less.
    fn known(&self, hypothesis: &Hypothesis) -> f64 {
        let mut shapes: Vec<_> =
            hypothesis.members.iter().filter_map(|member| self.stretch.events[member.event].shape).collect();
        shapes.sort_unstable();
        shapes.dedup();
        let rules = self.stretch.rules;
        let weight = |shape| {
            let pages =
                rules.uses(shape).iter().filter(|usage| rules.rule(usage.rule).kind != Kind::Background).count();
            let particular = if rules.shape(shape).specificity() > 1 { 1.0 } else { 0.5 };
            if pages == 0 { 0.0 } else { particular / count(pages) }
        };
        shapes.into_iter().map(weight).sum()
    }

    /// Adds a cost to pages that have lower precedence than a complete page.
    pub(super) fn penalize_outranked(&self, pages: &mut [Hypothesis]) {
        let complete: Vec<RuleId> =
            pages.iter().filter(|page| page.coverage >= 0.9).filter_map(Hypothesis::rule).collect();
        for page in pages.iter_mut().filter(|page| !page.exact_match) {
            let Some(rule) = page.rule() else { continue };
            if complete.iter().any(|other| self.stretch.rules.rule(*other).takes_precedence_over.contains(&rule)) {
                page.cost += self.costs.outranked;
            }
        }
    }
}
