//! The decoder: finds the sequence of clicks that explains a stretch's events at the lowest cost.
//!
//! Events are taken in order. The first event that is not explained yet starts a hypothesis: a page or action in the
//! catalog, a change or a page that is not in the catalog, the navigation bar, or a poll. Each hypothesis takes the
//! events that it explains, and its cost is computed from the weights ([`crate::rule::weights`]). A beam search keeps
//! the cheapest partial explanations from event to event.
//!
//! Partial explanations have explained different events, so their costs cannot be compared directly. Each event
//! therefore has a price: the lowest share of any hypothesis's cost that can be attributed to it, if the cost is
//! divided equally among the hypothesis's events. Partial explanations are compared by their cost minus the prices of
//! the events that they have explained. No hypothesis costs less than the sum of its events' prices, so this is an
//! admissible A* heuristic.

mod clue;
mod cost;
mod covered;
mod hypothesis;
mod lists;
mod unlisted;

use std::rc::Rc;

use foldhash::HashMap;

use self::clue::{Clue, clues};
use self::covered::Covered;
pub(super) use self::hypothesis::count;
pub(super) use self::hypothesis::{Cause, CostItem, Hypothesis};
use self::hypothesis::{FreeEvents, HypothesisBuilder};
use self::lists::Lists;
use super::claim::MatchedSignal;
use super::exact::follows;
use super::prepared::PreparedStretch;
use crate::event::Timestamp;
use crate::rule::Rule;

/// The number of partial explanations that are kept.
const BEAM: usize = 8;
/// Partial explanations that are this many nats worse than the best are discarded.
const PRUNE_MARGIN: f64 = 8.0;
/// The highest price of an event, in nats.
const MAX_PRICE: f64 = 2.0;
/// The most shared steps between two console paths that reduce the cost of a transition.
const MAX_SHARED_STEPS: usize = 4;
/// The number of alternative explanations that are reported for an event.
const MAX_RIVALS: usize = 6;

/// A hypothesis that was chosen.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) hypothesis: Rc<Hypothesis>,
    /// The cost difference to the best alternative for its first event, in nats.
    pub(super) margin: f64,
    /// The items of its cost; empty unless explanations were requested.
    pub(super) prices: Vec<CostItem>,
    /// The best alternatives for its first event with their cost differences; empty unless explanations were requested.
    pub(super) rivals: Vec<(Rc<Hypothesis>, f64)>,
}

/// The last click of a partial explanation.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LastClick<'s> {
    rule: Option<&'s Rule>,
    console: &'s str,
    first: usize,
}

/// A partial explanation.
#[derive(Debug, Clone)]
struct State<'s> {
    /// Its cost minus the prices of the events that it explains.
    cost: f64,
    covered: Covered,
    last: Option<LastClick<'s>>,
    /// Its last choice, as an index into the list of nodes.
    node: Option<usize>,
}

/// The hypotheses of one event.
type EventHypotheses = Rc<[Rc<Hypothesis>]>;

/// A choice and its predecessor.
struct ChoiceNode {
    choice: Choice,
    before: Option<usize>,
}

/// An extension of a partial explanation by one hypothesis.
struct BeamStep {
    cost: f64,
    state: usize,
    hypothesis: usize,
}

/// Returns the clicks that explain the `open` events, in order of their first events. `exact_matches` are the matches
/// by exact shapes alone, and `fixed` contains those that are already accepted.
pub(super) fn decode(
    stretch: PreparedStretch<'_, '_>,
    open: &[bool],
    exact_matches: &[MatchedSignal],
    fixed: &[MatchedSignal],
    explain: bool,
) -> Vec<Choice> {
    let opened = || (0..open.len()).filter(|event| open[*event]);
    if opened().next().is_none() {
        return Vec::new();
    }
    let clues = clues(&stretch);
    let lists = Lists::new(&stretch, opened(), exact_matches).with_settled(&stretch, &clues, fixed);
    let costs = &stretch.rules.weights().cost;
    let builder = HypothesisBuilder { stretch, clues: &clues, lists: &lists, costs };
    let decoder = Decoder { stretch, clues: &clues, builder, open, fixed, explain };
    decoder.run()
}

struct Decoder<'d, 'e> {
    stretch: PreparedStretch<'d, 'e>,
    clues: &'d [Clue<'d>],
    builder: HypothesisBuilder<'d, 'e>,
    open: &'d [bool],
    fixed: &'d [MatchedSignal],
    explain: bool,
}

/// The events that a partial explanation has not explained.
struct RemainingEvents<'c> {
    open: &'c [bool],
    covered: &'c Covered,
}

impl FreeEvents for RemainingEvents<'_> {
    fn is_free(&self, event: usize) -> bool {
        self.open[event] && !self.covered.contains(event)
    }
}

impl<'d> Decoder<'d, '_> {
    fn run(&self) -> Vec<Choice> {
        let prices = self.prices();
        let mut nodes: Vec<ChoiceNode> = Vec::new();
        let mut beam = vec![State { cost: 0.0, covered: Covered::default(), last: None, node: None }];
        let mut fixed = self.fixed.iter().peekable();
        for event in 0..self.open.len() {
            while let Some(found) = fixed.next_if(|found| found.first() <= event) {
                self.set_last_click(found, &mut beam);
            }
            if self.open[event] && beam.iter().any(|state| !state.covered.contains(event)) {
                beam = self.advance(event, &beam, &prices, &mut nodes);
            }
        }
        let best = beam.into_iter().min_by(|a, b| a.cost.total_cmp(&b.cost));
        chosen(nodes, best.and_then(|state| state.node))
    }

    /// Makes an accepted signal the last click of every partial explanation.
    fn set_last_click(&self, found: &MatchedSignal, beam: &mut [State<'d>]) {
        let rule = self.stretch.rules.rule(found.rule);
        if rule.kind != crate::signal::Kind::Background {
            let last = LastClick {
                rule: Some(rule),
                console: self.stretch.rules.words().console_of(&rule.service),
                first: found.first(),
            };
            for state in beam {
                state.last = Some(last);
            }
        }
    }

    /// The price of each event: the lowest share of any hypothesis's cost that can be attributed to it.
    fn prices(&self) -> Vec<f64> {
        let nothing = Covered::default();
        let mut prices = vec![f64::INFINITY; self.open.len()];
        let lower = |hypothesis: &Hypothesis, prices: &mut Vec<f64>| {
            let taken: Vec<usize> = hypothesis.events().collect();
            let share = hypothesis.cost / count(taken.len());
            for event in taken {
                prices[event] = prices[event].min(share);
            }
        };
        for event in (0..self.open.len()).filter(|event| self.open[*event]) {
            // The hypotheses of a burst's first events usually cover the later ones, so those are only expanded if no
            // hypothesis has covered them yet.
            if prices[event].is_infinite() {
                for hypothesis in self.builder.at(event, &RemainingEvents { open: self.open, covered: &nothing }) {
                    lower(&hypothesis, &mut prices);
                }
            }
        }
        for price in &mut prices {
            *price = price.clamp(0.0, MAX_PRICE);
        }
        prices
    }

    /// Extends the partial explanations by every hypothesis of the event, and keeps the best.
    fn advance(&self, event: usize, beam: &[State<'d>], prices: &[f64], nodes: &mut Vec<ChoiceNode>) -> Vec<State<'d>> {
        let mut cache: HashMap<Covered, EventHypotheses> = HashMap::default();
        let mut steps: Vec<BeamStep> = Vec::new();
        let mut options: Vec<Option<EventHypotheses>> = Vec::with_capacity(beam.len());
        for (at, state) in beam.iter().enumerate() {
            if state.covered.contains(event) {
                steps.push(BeamStep { cost: state.cost, state: at, hypothesis: usize::MAX });
                options.push(None);
                continue;
            }
            let later = state.covered.from(event);
            let hypotheses = cache.entry(later).or_insert_with_key(|covered| {
                self.builder.at(event, &RemainingEvents { open: self.open, covered }).into_iter().map(Rc::new).collect()
            });
            for (index, hypothesis) in hypotheses.iter().enumerate() {
                let Some(change) = self.step_cost(state, hypothesis, prices) else { continue };
                steps.push(BeamStep { cost: state.cost + change, state: at, hypothesis: index });
            }
            options.push(Some(Rc::clone(hypotheses)));
        }
        self.keep(event, beam, &options, steps, nodes)
    }

    /// The cost that a hypothesis adds to a partial explanation; `None` if it cannot follow.
    fn step_cost(&self, state: &State<'d>, hypothesis: &Hypothesis, prices: &[f64]) -> Option<f64> {
        let transition = self.transition(state.last, hypothesis, &mut |_, _, _| {})?;
        let explained_prices: f64 = hypothesis.events().map(|event| prices[event]).sum();
        Some(hypothesis.cost + transition - explained_prices)
    }

    fn keep(
        &self,
        event: usize,
        beam: &[State<'d>],
        options: &[Option<EventHypotheses>],
        mut steps: Vec<BeamStep>,
        nodes: &mut Vec<ChoiceNode>,
    ) -> Vec<State<'d>> {
        steps.sort_by(|a, b| {
            a.cost.total_cmp(&b.cost).then_with(|| (a.state, a.hypothesis).cmp(&(b.state, b.hypothesis)))
        });
        let limit = steps.first().map_or(0.0, |step| step.cost) + PRUNE_MARGIN;
        let mut kept: Vec<State<'d>> = Vec::with_capacity(BEAM);
        for step in steps.iter().take_while(|step| step.cost <= limit) {
            if kept.len() == BEAM {
                break;
            }
            let before = &beam[step.state];
            let state = match &options[step.state] {
                None => State { covered: before.covered.from(event + 1), ..before.clone() },
                Some(all) => {
                    let hypothesis = &all[step.hypothesis];
                    let mut covered = before.covered.from(event + 1);
                    for taken in hypothesis.events().filter(|taken| *taken > event) {
                        covered.add(taken);
                    }
                    State { cost: step.cost, covered, last: self.last(before.last, hypothesis), node: before.node }
                }
            };
            if kept.iter().any(|other| other.covered == state.covered && other.last == state.last) {
                continue;
            }
            let node = options[step.state].as_ref().map(|hypotheses| {
                let choice = self.choice(&hypotheses[step.hypothesis], step, &steps, before, hypotheses);
                nodes.push(ChoiceNode { choice, before: before.node });
                nodes.len() - 1
            });
            kept.push(State { node: node.or(state.node), ..state });
        }
        kept
    }

    fn choice(
        &self,
        chosen: &Rc<Hypothesis>,
        step: &BeamStep,
        steps: &[BeamStep],
        before: &State<'d>,
        all: &[Rc<Hypothesis>],
    ) -> Choice {
        let others =
            steps.iter().filter(|other| other.state == step.state && all[other.hypothesis].cause != chosen.cause);
        let others: Vec<(usize, f64)> = others.map(|other| (other.hypothesis, other.cost - step.cost)).collect();
        let margin = others.first().map_or(PRUNE_MARGIN, |(_, difference)| *difference);
        let (mut prices, mut rivals) = (Vec::new(), Vec::new());
        if self.explain {
            let mut add_cost = |of: &'static str, times: f64, cost: f64| {
                if times != 0.0 && cost != 0.0 {
                    prices.push(CostItem { of, times, cost: times * cost });
                }
            };
            self.builder.cost_items(chosen, &mut add_cost);
            let _ = self.transition(before.last, chosen, &mut add_cost);
            for (other, difference) in others {
                if rivals.len() < MAX_RIVALS
                    && rivals.iter().all(|(known, _): &(Rc<Hypothesis>, f64)| known.cause != all[other].cause)
                {
                    rivals.push((Rc::clone(&all[other]), difference));
                }
            }
        }
        Choice { hypothesis: Rc::clone(chosen), margin, prices, rivals }
    }

    /// The last click after this hypothesis.
    fn last(&self, before: Option<LastClick<'d>>, hypothesis: &Hypothesis) -> Option<LastClick<'d>> {
        if !hypothesis.is_click(&self.stretch) {
            return before;
        }
        let first = hypothesis.members.first()?.event;
        Some(LastClick { rule: self.rule(hypothesis), console: self.console(hypothesis), first })
    }

    fn rule(&self, hypothesis: &Hypothesis) -> Option<&'d Rule> {
        hypothesis.rule().map(|rule| self.stretch.rules.rule(self.stretch.rules.page(rule)))
    }

    /// The service whose console the hypothesis belongs to.
    fn console(&self, hypothesis: &Hypothesis) -> &'d str {
        match self.rule(hypothesis) {
            Some(rule) => self.stretch.rules.words().console_of(&rule.service),
            None => self.stretch.console(hypothesis.anchor),
        }
    }

    /// The cost of following the previous click; `None` if the hypothesis cannot follow it.
    fn transition(
        &self,
        before: Option<LastClick<'d>>,
        hypothesis: &Hypothesis,
        add_cost: &mut hypothesis::CostVisitor<'_>,
    ) -> Option<f64> {
        let costs = &self.stretch.rules.weights().cost;
        let rule = self.rule(hypothesis);
        if let Some(rule) = rule
            && !follows(rule, before.and_then(|last| last.rule))
        {
            return None;
        }
        if !hypothesis.is_click(&self.stretch) {
            return Some(0.0);
        }
        let Some(last) = before else {
            let steps = rule.map_or(0, |rule| rule.console_path.len().saturating_sub(2));
            add_cost("skipped steps of the console path", count(steps), costs.deep);
            return Some(count(steps) * costs.deep);
        };
        let mut total = 0.0;
        let mut add = |of: &'static str, times: f64, cost: f64| {
            add_cost(of, times, cost);
            total += times * cost;
        };
        let first = hypothesis.members.first()?.event;
        let (key, last_key) = (self.clues[first].key, self.clues[last.first].key);
        let another_key = key.is_some() && last_key.is_some() && key != last_key;
        let same_console = self.console(hypothesis) == last.console;
        let shared = match (rule, last.rule) {
            (Some(rule), Some(before)) => {
                rule.console_path.iter().zip(&before.console_path).take_while(|(ours, theirs)| ours == theirs).count()
            }
            _ => usize::from(same_console),
        };
        add("steps shared with the previous page", count(shared.min(MAX_SHARED_STEPS)), -costs.near);
        if !same_console && key.is_some() && key == last_key {
            add("a different service than the previous page, with the same access key", 1.0, costs.elsewhere);
        }
        if let Some(rule) = rule {
            add(
                "skipped steps of the console path",
                count(rule.console_path.len().saturating_sub(shared + 2)),
                costs.deep,
            );
        }
        let (now, then) = (self.time(first), self.time(last.first));
        if hypothesis.is_view(&self.stretch) && !another_key && now < then.plus_seconds(2) {
            let near = if now < then.plus_seconds(1) { 1.0 } else { 0.5 };
            // The more calls a page makes, the less another page opened at the same moment counts against it.
            let times = near / count(hypothesis.members.len()).sqrt();
            add("within a second of another click", times, costs.crowded);
        }
        Some(total)
    }

    fn time(&self, event: usize) -> Timestamp {
        self.stretch.events[event].time()
    }
}

/// The choices that lead to a node, in order.
fn chosen(nodes: Vec<ChoiceNode>, last: Option<usize>) -> Vec<Choice> {
    let mut path = Vec::new();
    let mut at = last;
    while let Some(node) = at {
        path.push(node);
        at = nodes[node].before;
    }
    let mut nodes: Vec<Option<Choice>> = nodes.into_iter().map(|node| Some(node.choice)).collect();
    path.into_iter().rev().filter_map(|node| nodes[node].take()).collect()
}
