//! Why a signal is what it is, or why an event has none: the shapes that fitted and how far, and the pages that lost.

use serde::Serialize;

use super::claim::Found;
use super::decode::{Choice, Hypothesis, Price, What};
use super::prepare::Prepared;
use super::votes::nearnesses;
use super::{Limits, Mapped, Row, SessionRows, StretchRows, stretches};
use crate::event::Timestamp;
use crate::rule::shape::ShapeId;
use crate::rule::{RuleId, RuleSet};
use crate::signal::{Member, Origin, Role, Signal};

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// `signals.signal_id`
    Signal(&'a str),
    /// `events.event_id`
    Event(&'a str),
}

/// Why events were explained as they were.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The signal; none, if the event that was asked about has none.
    pub signal: Option<ExplainedSignal>,
    /// The signal's events, or the event that was asked about.
    pub events: Vec<Part>,
    /// What the explanation costs, piece by piece: the dearer, the less likely.
    pub costs: Vec<Cost>,
    /// The best other explanations, the likeliest first.
    pub rivals: Vec<Rival>,
}

/// One piece of what an explanation costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// What it is of: `a required call that is missing`.
    pub of: &'static str,
    /// How often.
    pub times: f64,
    /// What it comes to, in nats; below 0 if it is a saving.
    pub cost: f64,
}

/// The signal, as it was told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedSignal {
    /// `signals.signal_id`
    pub signal_id: String,
    /// `signals.rule_id`
    pub rule_id: String,
    /// The rule that was met, where the signals around it made it another one.
    pub met: Option<String>,
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

/// One event, and how it comes to its part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// `events.event_id`
    pub event_id: String,
    /// `events.event_time`
    #[serde(skip)]
    pub time: Timestamp,
    /// `events.event_key`
    pub call: String,
    /// Its part in the signal, if it has one.
    pub role: Option<Role>,
    /// The shape that it comes nearest to, of those that the rule asks for; without a signal, of all.
    pub shape: Option<String>,
    /// How near: 1 if it is of that shape.
    pub nearness: Option<f64>,
    /// What is different from the shape, in words.
    pub differences: Vec<String>,
}

/// Another explanation of the same events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rival {
    /// `rules.rule_id`; none, if it is no page of the catalog.
    pub rule_id: Option<String>,
    /// What it says happened.
    pub title: String,
    /// How much dearer it is, in nats: e to this power times less likely.
    pub dearer: f64,
    /// How many of the signal's events it would explain, and how many others.
    pub events: [usize; 2],
    /// Required calls that it lacks.
    pub missing: Vec<String>,
}

/// Explains a signal, or an event of the session; none, if the session has no such thing.
pub fn explain(rules: &RuleSet, session: &SessionRows<'_>, subject: Subject<'_>) -> Option<Explanation> {
    let stretches = stretches(session, Limits::default());
    stretches.iter().find_map(|stretch| explain_stretch(rules, stretch, subject))
}

/// As [`explain`], of one stretch of a session.
pub fn explain_stretch(rules: &RuleSet, stretch: &StretchRows<'_>, subject: Subject<'_>) -> Option<Explanation> {
    // Only mapping tells which signals there are; that an event is elsewhere is seen at once.
    if let Subject::Event(id) = subject
        && !stretch.rows.iter().any(|row| row.event_id == id)
    {
        return None;
    }
    let mapped = Mapped::of(rules, &stretch.rows, true);
    let signals = mapped.signals(rules, stretch);
    let is_it = |signal: &Signal| match subject {
        Subject::Signal(id) => signal.signal_id == id,
        Subject::Event(id) => signal.events.iter().any(|member| member.event_id == id),
    };
    let scene = Scene { rules, mapped: &mapped };
    if let Some((place, signal)) = signals.iter().enumerate().find(|(_, signal)| is_it(signal)) {
        return Some(match mapped.found.get(place) {
            Some(found) => scene.signal(signal, found),
            None => scene.generic(signal, &stretch.rows),
        });
    }
    let event = mapped.events.iter().position(|event| subject == Subject::Event(event.row.event_id));
    event.map(|event| scene.event(event)).or_else(|| unmapped(stretch.rows.iter().copied(), subject))
}

/// What is to say of an event that no page can have written: nobody clicked in its session, or it was typed.
pub fn unmapped<'r, 'e: 'r>(rows: impl IntoIterator<Item = &'r Row<'e>>, subject: Subject<'_>) -> Option<Explanation> {
    let row = rows.into_iter().find(|row| subject == Subject::Event(row.event_id))?;
    Some(Explanation { signal: None, events: vec![Part::shapeless(row, None)], costs: Vec::new(), rivals: Vec::new() })
}

impl Part {
    /// The part of an event that no page can have written.
    fn shapeless(row: &Row<'_>, role: Option<Role>) -> Self {
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

struct Scene<'s, 'e> {
    rules: &'s RuleSet,
    mapped: &'s Mapped<'e>,
}

impl Scene<'_, '_> {
    fn signal(&self, signal: &Signal, found: &Found) -> Explanation {
        let parts = found.members.iter().map(|(event, role)| self.part(*event, Some(*role), Some(found.met)));
        self.explained(Some(self.told(signal, Some(found))), parts.collect(), found.anchor)
    }

    /// A signal that is of no page, or of what was typed.
    fn generic(&self, signal: &Signal, rows: &[&Row<'_>]) -> Explanation {
        let place = |id: &str| self.mapped.events.iter().position(|event| event.row.event_id == id);
        let typed = |member: &Member| {
            let row = rows.iter().find(|row| row.event_id == member.event_id)?;
            Some(Part::shapeless(row, Some(member.role)))
        };
        let part = |member: &Member| {
            let event = place(&member.event_id).map(|event| self.part(event, Some(member.role), None));
            event.or_else(|| typed(member))
        };
        let parts = signal.events.iter().filter_map(part).collect();
        let anchor = place(&signal.anchor_event_id).unwrap_or(usize::MAX);
        self.explained(Some(self.told(signal, None)), parts, anchor)
    }

    /// An event without a signal.
    fn event(&self, event: usize) -> Explanation {
        self.explained(None, vec![self.part(event, None, None)], event)
    }

    /// What was chosen for an event, beside what was not.
    fn explained(&self, signal: Option<ExplainedSignal>, events: Vec<Part>, anchor: usize) -> Explanation {
        let takes = |choice: &&Choice| choice.hypothesis.members.iter().any(|member| member.event == anchor);
        let choice = self.mapped.choices.iter().find(takes);
        let costs = choice.iter().flat_map(|choice| &choice.prices).map(Cost::of);
        let rivals = choice.iter().flat_map(|choice| {
            choice.rivals.iter().map(|(rival, dearer)| self.rival(&choice.hypothesis, rival, *dearer))
        });
        Explanation { signal, events, costs: costs.collect(), rivals: rivals.collect() }
    }

    fn rival(&self, chosen: &Hypothesis, rival: &Hypothesis, dearer: f64) -> Rival {
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
            title: rule.map_or_else(|| unknown(rival.what).to_owned(), |(_, page)| page.console_path.join(" › ")),
            dearer,
            events: [own.len(), other.len()],
            missing: missing.map(|(_, call)| call.call.clone()).collect(),
        }
    }

    fn told(&self, signal: &Signal, found: Option<&Found>) -> ExplainedSignal {
        let met = found.filter(|found| found.met != found.rule).map(|found| self.rules.rule(found.met).id.clone());
        ExplainedSignal {
            met,
            signal_id: signal.signal_id.clone(),
            rule_id: signal.rule_id.clone(),
            title: signal.title.clone(),
            summary: signal.summary.clone(),
            origin: signal.origin,
            confidence: signal.confidence,
            missing: signal.missing.clone(),
        }
    }

    fn part(&self, event: usize, role: Option<Role>, asked: Option<RuleId>) -> Part {
        let prepared = &self.mapped.events[event];
        let nearest = self.nearest(prepared, asked);
        Part {
            event_id: prepared.row.event_id.to_owned(),
            time: prepared.time(),
            call: prepared.row.call.to_owned(),
            role,
            shape: nearest.map(|(shape, _)| self.rules.shape(shape).reference()),
            nearness: nearest.map(|(_, nearness)| nearness),
            differences: nearest.map_or_else(Vec::new, |(shape, nearness)| self.differences(prepared, shape, nearness)),
        }
    }

    /// The shape that an event comes nearest to, of those that a rule asks for, if one is given.
    fn nearest(&self, event: &Prepared<'_>, rule: Option<RuleId>) -> Option<(ShapeId, f64)> {
        let asked =
            |shape: ShapeId| rule.is_none_or(|rule| self.rules.uses(shape).iter().any(|usage| usage.rule == rule));
        let near = nearnesses(self.rules, event).into_iter().filter(|(shape, _)| asked(*shape));
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
    const fn of(price: &Price) -> Self {
        Self { of: price.of, times: price.times, cost: price.cost }
    }
}

/// What a hypothesis without a page says happened.
const fn unknown(what: What) -> &'static str {
    match what {
        What::Page(_) => "a page",
        What::Visit => "a page that is not in the catalog",
        What::Change => "a change on an unknown page",
        What::Noise => "calls of the console itself",
        What::Service => "a service on behalf of the person",
        What::Along => "an additional call near another page",
        What::Left => "a service acting on its own",
        What::Poll(_) => "a poll",
    }
}
