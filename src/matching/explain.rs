//! Explains why events became a signal, or why an event has none: the nearest shapes with their differences, and the
//! alternative explanations.

use serde::Serialize;

use super::claim::MatchedSignal;
use super::decode::{Cause, Choice, CostItem, Hypothesis};
use super::prepared::Prepared;
use super::votes::nearnesses;
use super::{Limits, MappedStretch, Row, SessionRows, StretchRows, stretches};
use crate::event::Timestamp;
use crate::rule::shape::ShapeId;
use crate::rule::{RuleId, RuleSet};
use crate::signal::{Member, Origin, Role, Signal};

/// What to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExplainSubject<'a> {
    /// A signal, by `signals.signal_id`.
    Signal(&'a str),
    /// An event, by `events.event_id`.
    Event(&'a str),
}

/// Why events were explained as they were.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The signal; `None` if the requested event has none.
    pub signal: Option<ExplainedSignal>,
    /// The signal's events, or the requested event.
    pub events: Vec<ExplainedEvent>,
    /// Whether the events were compared with pages. Events outside console sessions and typed commands are not.
    pub compared: bool,
    /// The items of the explanation's cost. The higher the cost, the less likely the explanation.
    pub costs: Vec<Cost>,
    /// The best alternative explanations, most likely first.
    pub rivals: Vec<Rival>,
}

/// One item of the cost of an explanation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// The reason, such as `a required call that is missing`.
    pub of: &'static str,
    /// How often it applies.
    pub times: f64,
    /// The cost in nats; negative if it supports the explanation.
    pub cost: f64,
}

/// The signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedSignal {
    /// `signals.signal_id`
    pub signal_id: String,
    /// `signals.rule_id`
    pub rule_id: String,
    /// The rule that matched originally, if the surrounding signals changed it to another rule.
    pub matched_rule: Option<String>,
    /// `signals.title`
    pub title: String,
    /// `signals.summary`
    pub summary: String,
    /// `signals.origin`
    pub origin: Origin,
    /// `signals.confidence`
    pub confidence: f64,
    /// Required calls that were not seen.
    pub missing: Vec<String>,
}

/// One event, and the shape it was matched by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedEvent {
    /// `events.event_id`
    pub event_id: String,
    /// `events.event_time`
    #[serde(skip)]
    pub time: Timestamp,
    /// `events.event_key`
    pub call: String,
    /// Its role in the signal, if it has one.
    pub role: Option<Role>,
    /// The nearest shape, among those of the signal's rule, or among all shapes if there is no signal.
    pub shape: Option<String>,
    /// The similarity to that shape, from 0 to 1; 1 if the event exactly matches the shape.
    pub nearness: Option<f64>,
    /// The differences from the shape, in words.
    pub differences: Vec<String>,
}

/// An alternative explanation of the same events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rival {
    /// `rules.rule_id`; `None` if it is not a page of the catalog.
    pub rule_id: Option<String>,
    /// The title of the alternative.
    pub title: String,
    /// The cost difference in nats: the alternative is e to this power times less likely.
    pub cost_difference: f64,
    /// The number of the signal's events that it would explain, and the number of other events that it would explain.
    pub events: [usize; 2],
    /// Required calls that are missing for this alternative.
    pub missing: Vec<String>,
}

/// Explains a signal or an event; `None` if the session does not contain it.
pub fn explain(rules: &RuleSet, session: &SessionRows<'_>, subject: ExplainSubject<'_>) -> Option<Explanation> {
    let stretches = stretches(session, Limits::default());
    stretches.iter().find_map(|stretch| explain_stretch(rules, stretch, subject))
}

/// Like [`explain`], for one stretch of a session.
pub fn explain_stretch(rules: &RuleSet, stretch: &StretchRows<'_>, subject: ExplainSubject<'_>) -> Option<Explanation> {
    // Signals are only known after mapping, but a missing event is detected without it.
    if let ExplainSubject::Event(id) = subject
        && !stretch.rows.iter().any(|row| row.event_id == id)
    {
        return None;
    }
    let mapped = MappedStretch::of(rules, &stretch.rows, true);
    let signals = mapped.signals(rules, stretch);
    let is_subject = |signal: &Signal| match subject {
        ExplainSubject::Signal(id) => signal.signal_id == id,
        ExplainSubject::Event(id) => signal.events.iter().any(|member| member.event_id == id),
    };
    let explainer = Explainer { rules, mapped: &mapped };
    if let Some((place, signal)) = signals.iter().enumerate().find(|(_, signal)| is_subject(signal)) {
        return Some(match mapped.found.get(place) {
            Some(found) => explainer.signal(signal, found),
            None => explainer.generic(signal, &stretch.rows),
        });
    }
    let event = mapped.events.iter().position(|event| subject == ExplainSubject::Event(event.row.event_id));
    event.map(|event| explainer.event(event)).or_else(|| unmapped(stretch.rows.iter().copied(), subject))
}

/// Explains an event or signal that is not mapped to pages, because its session is not a console session or because it
/// is a typed command.
pub fn unmapped<'r, 'e: 'r>(
    rows: impl IntoIterator<Item = &'r Row<'e>>,
    subject: ExplainSubject<'_>,
) -> Option<Explanation> {
    let row = rows.into_iter().find(|row| subject == ExplainSubject::Event(row.event_id))?;
    Some(Explanation {
        signal: None,
        events: vec![ExplainedEvent::without_shape(row, None)],
        compared: false,
        costs: Vec::new(),
        rivals: Vec::new(),
    })
}

impl ExplainedEvent {
    /// The explanation of an event that cannot belong to a page.
    fn without_shape(row: &Row<'_>, role: Option<Role>) -> Self {
        Self {
            event_id: row.event_id.to_owned(),
            time: row.time,
            call: row.call.to_owned(),
            role,
            shape: None,
            nearness: None,
            differences: Vec::new(),
        }
    }
}

struct Explainer<'s, 'e> {
    rules: &'s RuleSet,
    mapped: &'s MappedStretch<'e>,
}

impl Explainer<'_, '_> {
    fn signal(&self, signal: &Signal, found: &MatchedSignal) -> Explanation {
        let parts = found.members.iter().map(|(event, role)| self.part(*event, Some(*role), Some(found.matched_rule)));
        self.explained(Some(self.explained_signal(signal, Some(found))), parts.collect(), found.anchor)
    }

    /// Explains a signal that has no page, or that is a typed command.
    fn generic(&self, signal: &Signal, rows: &[&Row<'_>]) -> Explanation {
        let place = |id: &str| self.mapped.events.iter().position(|event| event.row.event_id == id);
        let typed = |member: &Member| {
            let row = rows.iter().find(|row| row.event_id == member.event_id)?;
            Some(ExplainedEvent::without_shape(row, Some(member.role)))
        };
        let part = |member: &Member| {
            let event = place(&member.event_id).map(|event| self.part(event, Some(member.role), None));
            event.or_else(|| typed(member))
        };
        let parts = signal.events.iter().filter_map(part).collect();
        let anchor = place(&signal.anchor_event_id).unwrap_or(usize::MAX);
        self.explained(Some(self.explained_signal(signal, None)), parts, anchor)
    }

    /// Explains an event without a signal.
    fn event(&self, event: usize) -> Explanation {
        self.explained(None, vec![self.part(event, None, None)], event)
    }

    /// Describes the choice that was made for an event, and its alternatives.
    fn explained(&self, signal: Option<ExplainedSignal>, events: Vec<ExplainedEvent>, anchor: usize) -> Explanation {
        let takes = |choice: &&Choice| choice.hypothesis.members.iter().any(|member| member.event == anchor);
        let choice = self.mapped.choices.iter().find(takes);
        let costs = choice.iter().flat_map(|choice| &choice.prices).map(Cost::of);
        let rivals = choice.iter().flat_map(|choice| {
            choice.rivals.iter().map(|(rival, cost_difference)| self.rival(&choice.hypothesis, rival, *cost_difference))
        });
        Explanation { signal, events, compared: true, costs: costs.collect(), rivals: rivals.collect() }
    }

    fn rival(&self, chosen: &Hypothesis, rival: &Hypothesis, cost_difference: f64) -> Rival {
        let rule = rival.rule().map(|rule| (self.rules.rule(rule), self.rules.rule(self.rules.page(rule))));
        let is_own = |event: usize| chosen.members.iter().any(|member| member.event == event);
        let (own, other): (Vec<usize>, Vec<usize>) =
            rival.members.iter().map(|member| member.event).partition(|event| is_own(*event));
        let seen = |part: usize| {
            rival.members.iter().any(|member| member.vote.is_some_and(|vote| usize::from(vote.part) == part))
        };
        let missing = rule.into_iter().flat_map(|(rule, _)| rule.parts.iter().enumerate());
        let missing = missing.filter(|(part, call)| call.required && !seen(*part));
        Rival {
            rule_id: rule.map(|(_, page)| page.id.clone()),
            title: rule.map_or_else(|| unknown(rival.cause).to_owned(), |(_, page)| page.console_path.join(" › ")),
            cost_difference,
            events: [own.len(), other.len()],
            missing: missing.map(|(_, call)| call.call.clone()).collect(),
        }
    }

    fn explained_signal(&self, signal: &Signal, found: Option<&MatchedSignal>) -> ExplainedSignal {
        let matched_rule = found
            .filter(|found| found.matched_rule != found.rule)
            .map(|found| self.rules.rule(found.matched_rule).id.clone());
        ExplainedSignal {
            matched_rule,
            signal_id: signal.signal_id.clone(),
            rule_id: signal.rule_id.clone(),
            title: signal.title.clone(),
            summary: signal.summary.clone(),
            origin: signal.origin,
            confidence: signal.confidence,
            missing: signal.missing.clone(),
        }
    }

    fn part(&self, event: usize, role: Option<Role>, used: Option<RuleId>) -> ExplainedEvent {
        let prepared = &self.mapped.events[event];
        let nearest = self.nearest(prepared, used);
        ExplainedEvent {
            event_id: prepared.row.event_id.to_owned(),
            time: prepared.time(),
            call: prepared.row.call.to_owned(),
            role,
            shape: nearest.map(|(shape, _)| self.rules.shape(shape).reference()),
            nearness: nearest.map(|(_, nearness)| nearness),
            differences: nearest.map_or_else(Vec::new, |(shape, nearness)| self.differences(prepared, shape, nearness)),
        }
    }

    /// The shape nearest to an event, among the shapes of `rule` if it is given.
    fn nearest(&self, event: &Prepared<'_>, rule: Option<RuleId>) -> Option<(ShapeId, f64)> {
        let used =
            |shape: ShapeId| rule.is_none_or(|rule| self.rules.uses(shape).iter().any(|usage| usage.rule == rule));
        let near = nearnesses(self.rules, event).into_iter().filter(|(shape, _)| used(*shape));
        near.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    fn differences(&self, event: &Prepared<'_>, shape: ShapeId, nearness: f64) -> Vec<String> {
        let call = event.known_call.filter(|_| nearness < 1.0);
        let vocabulary = call.and_then(|call| self.rules.vocabulary(call));
        let drifted = vocabulary.map(|vocabulary| vocabulary.read(event.request().value()));
        drifted.map_or_else(Vec::new, |drifted| self.rules.shape(shape).differences(&event.subject(), &drifted))
    }
}

impl Cost {
    const fn of(price: &CostItem) -> Self {
        Self { of: price.of, times: price.times, cost: price.cost }
    }
}

/// The title of a hypothesis without a page.
const fn unknown(cause: Cause) -> &'static str {
    match cause {
        Cause::Page(_) => "a page",
        Cause::Visit => "a page that is not in the catalog",
        Cause::Change => "a change on a page that is not in the catalog",
        Cause::Noise => "calls made by the console itself",
        Cause::Service => "a service acting on behalf of the person",
        Cause::Adjacent => "an extra call, close in time to another page",
        Cause::Unassigned => "a service acting on its own",
        Cause::Poll(_) => "a poll",
    }
}
