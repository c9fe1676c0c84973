//! Why a signal is what it is, or why an event has none: the shapes that fitted and how far, and the pages that lost.

use serde::Serialize;

use super::auction::Auction;
use super::bid::Bid;
use super::claim::{Claims, Found};
use super::prepare::Prepared;
use super::votes::nearnesses;
use super::{Limits, Mapped, Row, SessionRows, StretchRows, stretches};
use crate::event::Timestamp;
use crate::rule::shape::ShapeId;
use crate::rule::{RuleId, RuleSet};
use crate::signal::{Member, Origin, Role, Signal};

/// Rivals are looked for among the events up to so many seconds before and after.
const AROUND_S: i64 = 8;
/// So many rivals are named.
const RIVALS: usize = 5;

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
    pub signal: Option<Told>,
    /// The signal's events, or the event that was asked about.
    pub events: Vec<Part>,
    /// The pages that wanted these events too, the likeliest first.
    pub rivals: Vec<Rival>,
}

/// The signal, as it was told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
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

/// A page that wanted the events too.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rival {
    /// `rules.rule_id`
    pub rule_id: String,
    /// How sure it would have been.
    pub confidence: f64,
    /// How many of the events it would explain.
    pub events: usize,
    /// Required calls that it lacks.
    pub missing: Vec<String>,
    /// Why it lost.
    pub why: &'static str,
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
    let mapped = Mapped::of(rules, &stretch.rows);
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
    Some(Explanation { signal: None, events: vec![Part::shapeless(row, None)], rivals: Vec::new() })
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
        let events: Vec<usize> = found.members.iter().map(|(event, _)| *event).collect();
        let parts = found.members.iter().map(|(event, role)| self.part(*event, Some(*role), Some(found.met)));
        Explanation {
            signal: Some(self.told(signal, Some(found))),
            events: parts.collect(),
            rivals: self.rivals(&events, Some(found)),
        }
    }

    /// A signal that is of no page, or of what was typed.
    fn generic(&self, signal: &Signal, rows: &[&Row<'_>]) -> Explanation {
        let place = |id: &str| self.mapped.events.iter().position(|event| event.row.event_id == id);
        let events: Vec<usize> = signal.events.iter().filter_map(|member| place(&member.event_id)).collect();
        let typed = |member: &Member| {
            let row = rows.iter().find(|row| row.event_id == member.event_id)?;
            Some(Part::shapeless(row, Some(member.role)))
        };
        let part = |member: &Member| {
            let event = place(&member.event_id).map(|event| self.part(event, Some(member.role), None));
            event.or_else(|| typed(member))
        };
        let parts = signal.events.iter().filter_map(part);
        Explanation {
            signal: Some(self.told(signal, None)),
            events: parts.collect(),
            rivals: self.rivals(&events, None),
        }
    }

    /// An event without a signal.
    fn event(&self, event: usize) -> Explanation {
        Explanation { signal: None, events: vec![self.part(event, None, None)], rivals: self.rivals(&[event], None) }
    }

    fn told(&self, signal: &Signal, found: Option<&Found>) -> Told {
        let met = found.filter(|found| found.met != found.rule).map(|found| self.rules.rule(found.met).id.clone());
        Told {
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

    /// The best bid of each other page for these events, had they been free.
    fn rivals(&self, events: &[usize], winner: Option<&Found>) -> Vec<Rival> {
        let mut claims = Claims::new(self.mapped.events.len());
        let others = self.mapped.found.iter().filter(|found| winner.is_none_or(|winner| winner.anchor != found.anchor));
        others.for_each(|found| claims.take(&found.members));
        let around = self.around(events);
        let known = self.mapped.found.as_slice();
        let auction = Auction::open(self.rules, &self.mapped.events, [known, &[]], &around, &claims);
        let is_rival = |bid: &&Bid| {
            events.iter().any(|event| bid.takes(*event))
                && winner.is_none_or(|winner| ![winner.met, winner.rule].contains(&bid.rule))
        };
        let mut bids: Vec<&Bid> = auction.bids().iter().filter(is_rival).collect();
        bids.sort_by(|a, b| b.worth.total_cmp(&a.worth).then(a.rule.cmp(&b.rule)).then(a.anchor.cmp(&b.anchor)));
        let mut rivals: Vec<Rival> = Vec::new();
        for bid in bids {
            let id = &self.rules.rule(bid.rule).id;
            if rivals.len() < RIVALS && !rivals.iter().any(|rival| rival.rule_id == *id) {
                rivals.push(self.rival(bid, &auction, events, winner));
            }
        }
        rivals
    }

    fn around(&self, events: &[usize]) -> Vec<usize> {
        let times = events.iter().map(|event| self.mapped.events[*event].time());
        let (Some(first), Some(last)) = (times.clone().min(), times.max()) else { return Vec::new() };
        let span = first.plus_seconds(-AROUND_S)..=last.plus_seconds(AROUND_S);
        (0..self.mapped.events.len()).filter(|event| span.contains(&self.mapped.events[*event].time())).collect()
    }

    fn rival(&self, bid: &Bid, auction: &Auction<'_, '_>, events: &[usize], winner: Option<&Found>) -> Rival {
        let rule = self.rules.rule(bid.rule);
        let missing = bid.missing(rule);
        let gives_way = winner.is_some_and(|winner| self.rules.rule(winner.met).over.contains(&bid.rule));
        let why = match winner {
            _ if auction.worth(bid) <= 0.0 => "it only follows pages that are not before it",
            _ if gives_way => "the page that was found stands over it",
            _ if !missing.is_empty() => "calls that it requires are missing",
            None => "its events belong to other pages",
            Some(_) => "it explains less of what was seen, or less exactly",
        };
        Rival {
            rule_id: rule.id.clone(),
            confidence: bid.confidence(&missing),
            events: events.iter().filter(|event| bid.takes(**event)).count(),
            missing,
            why,
        }
    }
}
