//! Converts matches to [`Signal`]s: context, entities, sentence and link.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde_json::Value;

use super::claim::MatchedSignal;
use super::prepared::{Prepared, PreparedStretch};
use super::{failed, partition};
use crate::call;
use crate::digest::id_of;
use crate::rule::extract::{Extract, ExtractedValue, Readings};
use crate::rule::seen::Seen;
use crate::rule::template::Style;
use crate::rule::words::{in_sentence, words};
use crate::rule::{Rule, RuleSet};
use crate::signal::{Context, Kind, Member, Relation, Signal, SignalEntity};

/// The initial capacity of a context.
const INITIAL_CAPACITY: usize = 4;

/// Describes the signals, in the order in which they were found.
pub(super) fn signals(
    rules: &RuleSet,
    session_id: &str,
    events: &[Prepared<'_>],
    found: &[MatchedSignal],
) -> Vec<Signal> {
    let mut signals = Vec::with_capacity(found.len());
    for found in found {
        let mut signal = signal(rules, session_id, events, found, &signals);
        describe_change(rules, events, found, &mut signal);
        failed::describe(rules, events, found, &mut signal);
        signals.push(signal);
    }
    signals
}

/// Replaces the sentence of a signal that consists of one change with the description of its call.
fn describe_change(rules: &RuleSet, events: &[Prepared<'_>], found: &MatchedSignal, signal: &mut Signal) {
    if !matches!(signal.kind, Kind::Change | Kind::Create | Kind::Delete) {
        return;
    }
    let stretch = PreparedStretch { rules, events };
    let mut changes = found.members.iter().map(|(event, _)| *event).filter(|event| stretch.changes(*event));
    let (Some(change), None) = (changes.next(), changes.next()) else { return };
    let described = call::CallTable::shipped().describe(&events[change].call());
    if described.named && described.outcome == call::Outcome::Succeeded {
        signal.summary = described.summary;
    }
}

/// The values that were extracted from a signal's events.
#[derive(Debug, Default)]
pub(super) struct SignalContent {
    /// The calls that were seen: [`matched`].
    pub(super) matched: Vec<String>,
    pub(super) context: Context,
    pub(super) entities: Vec<SignalEntity>,
}

fn signal(
    rules: &RuleSet,
    session_id: &str,
    events: &[Prepared<'_>],
    found: &MatchedSignal,
    earlier: &[Signal],
) -> Signal {
    let rule = rules.rule(found.rule);
    let matched = matched(events, found);
    let (mut context, entities) = context(rule, events, found, &matched);
    carry(rule, &mut context, earlier);
    compose(rules, session_id, events, found, SignalContent { matched, context, entities })
}

/// Creates the signal from the values extracted from its events.
pub(super) fn compose(
    rules: &RuleSet,
    session_id: &str,
    events: &[Prepared<'_>],
    found: &MatchedSignal,
    values: SignalContent,
) -> Signal {
    let rule = rules.rule(found.rule);
    let anchor = events[found.anchor].row;
    let SignalContent { matched, context, mut entities } = values;
    set_relations(rules, events, found, &mut entities);
    // If the values that the page's sentence needs are missing, the signal only states the location.
    let place = || rule.console_path.join(" › ");
    Signal {
        signal_id: id_of(&[session_id, &rule.id, anchor.event_id], 16),
        session_id: session_id.to_owned(),
        // Set once all of the stretch's signals are known.
        account_id: None,
        principal: None,
        rule_id: rule.id.clone(),
        rule_pack: rule.pack().map(str::to_owned),
        kind: rule.kind,
        service: rule.service.clone(),
        title: rule.title_template.render(&context, Style::Sentence).unwrap_or_else(place),
        summary: rule
            .summary_template
            .render(&context, Style::Sentence)
            .unwrap_or_else(|| without_values(rules, rule, anchor.call)),
        url: rule
            .url_template
            .as_ref()
            .and_then(|url| url.render(&context, Style::Link))
            .map(|url| partition::link(url, anchor.region)),
        region: anchor.region.map(str::to_owned),
        confidence: found.confidence,
        origin: found.origin,
        first_time: events[found.first()].time(),
        last_time: events[found.last()].time(),
        anchor_event_id: anchor.event_id.to_owned(),
        context,
        attack: rule.attack.clone(),
        matched,
        missing: found.missing.clone(),
        entities,
        events: members(events, found),
        evidence: found.evidence,
    }
}

/// Sets how a signal's events relate to each entity. An entity named by an event that only reads is `seen`, unless the
/// call's description states more: reading the value of a secret is more than seeing its name, whichever event names
/// the secret first.
fn set_relations(rules: &RuleSet, events: &[Prepared<'_>], found: &MatchedSignal, entities: &mut [SignalEntity]) {
    let stretch = PreparedStretch { rules, events };
    let is_described =
        |event: usize| stretch.changes(event) || call::CallTable::shipped().entry(&events[event].call()).is_some();
    let members = found.members.iter().map(|(event, _)| *event).filter(|event| is_described(*event));
    let described: Vec<(usize, Vec<call::Entity>)> =
        members.map(|event| (event, call::CallTable::shipped().describe(&events[event].call()).entities)).collect();
    // For each value and name, the first entity of each event that has it.
    let mut named: HashMap<Cow<'_, str>, Vec<(usize, Relation)>> = HashMap::new();
    for (event, entities) in &described {
        for one in entities {
            for key in [Cow::Borrowed(one.value.as_str()), one.name()] {
                let of_key = named.entry(key).or_default();
                if of_key.last().is_none_or(|(last, _)| last != event) {
                    of_key.push((*event, one.relation));
                }
            }
        }
    }
    for entity in entities {
        let mut relation = None;
        for (event, stated) in named.get(entity.value.as_str()).into_iter().flatten() {
            let is_own = events[*event].row.event_id == entity.event_id;
            relation = relation.filter(|_| !is_own).or(Some(*stated));
            if is_own {
                break;
            }
        }
        entity.relation = relation.unwrap_or(entity.relation);
    }
}

/// The sentence of a page whose values are missing from the requests: its location, or the description of its call.
fn without_values(rules: &RuleSet, rule: &Rule, call: &str) -> String {
    let name = words(call.split_once(':').map_or(call, |(_, name)| name));
    let verb = name.first().and_then(|verb| rules.words().verb(verb));
    let is_view = matches!(rule.kind, Kind::View | Kind::List | Kind::Background);
    match verb.filter(|_| !is_view) {
        Some(verb) => {
            let rest: Vec<String> = name.iter().skip(1).map(|word| in_sentence(word)).collect();
            format!("{} {}", verb.past_tense, rest.join(" ")).trim_end().to_owned()
        }
        None => format!("Opened the page {}", rule.console_path.join(" › ")),
    }
}

/// The values that an extract reads from the signal's events.
pub(super) fn read<'e>(
    extract: &Extract,
    events: &'e [Prepared<'_>],
    found: &MatchedSignal,
) -> Vec<ExtractedValue<'e>> {
    let mut readings = Readings::default();
    let members = found.members.iter().map(|(event, _)| &events[*event]);
    for event in members.filter(|event| extract.reads(event.row.call)) {
        extract.read(&event.source(), &mut readings);
    }
    readings.into_values()
}

fn context(
    rule: &Rule,
    events: &[Prepared<'_>],
    found: &MatchedSignal,
    calls: &[String],
) -> (Context, Vec<SignalEntity>) {
    let mut context = place(events, found);
    let mut entities = EntityList::default();
    for extract in &rule.extracts {
        let readings = read(extract, events, found);
        if let Some(kind) = &extract.entity {
            for reading in &readings {
                entities.add_read(kind, reading);
            }
        }
        let value = in_context(extract, readings, calls);
        if !value.is_null() {
            context.insert(extract.name.clone(), value);
        }
    }
    (context, entities.list)
}

/// Adds values found only in earlier signals, such as the resource that a dialog or a tab belongs to.
fn carry(rule: &Rule, context: &mut Context, earlier: &[Signal]) {
    for extract in rule.extracts.iter().filter(|extract| !context.contains_key(&extract.name)).collect::<Vec<_>>() {
        let Some(carried) = &extract.carried else { continue };
        let same =
            |signal: &Signal| carried.by.as_ref().is_none_or(|name| signal.context.get(name) == context.get(name));
        let source = earlier.iter().rev().filter(|signal| same(signal)).find_map(|signal| {
            let is_source = || carried.from.iter().any(|pattern| pattern.matches(&signal.rule_id));
            signal.context.get(&extract.name).filter(|_| is_source())
        });
        if let Some(value) = source {
            context.insert(extract.name.clone(), value.clone());
        }
    }
}

/// Where the signal happened. Every signal's context contains it.
pub(super) fn place(events: &[Prepared<'_>], found: &MatchedSignal) -> Context {
    let row = events[found.anchor].row;
    let mut context = Context::with_capacity_and_hasher(INITIAL_CAPACITY, RandomState::default());
    let members = [("region", row.region), ("account", row.account_id)];
    for (name, value) in members.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        context.insert(name.to_owned(), Value::String(value.to_owned()));
    }
    context
}

fn in_context(extract: &Extract, readings: Vec<ExtractedValue<'_>>, calls: &[String]) -> Value {
    let mut values: Vec<Value> = readings.into_iter().map(|reading| reading.value).collect();
    if values.is_empty() {
        values.extend(extract.default(calls).map(|text| Value::String(text.to_owned())));
    }
    match (values.len(), extract.one) {
        (0, _) => Value::Null,
        (_, true) => values.swap_remove(0),
        (_, false) => Value::Array(values),
    }
}

/// The entities of a signal, without duplicates.
#[derive(Debug, Default)]
pub(super) struct EntityList {
    pub(super) list: Vec<SignalEntity>,
    seen: Seen,
}

impl EntityList {
    /// Adds an entity, unless another extract has added it already.
    pub(super) fn add(&mut self, kind: &str, value: &str, event_id: &str) {
        if self.seen.is_new(&(kind, value)) {
            self.list.push(SignalEntity {
                kind: kind.to_owned(),
                value: value.to_owned(),
                event_id: event_id.to_owned(),
                relation: Relation::Seen,
            });
        }
    }

    fn add_read(&mut self, kind: &str, reading: &ExtractedValue<'_>) {
        match &reading.value {
            Value::Null => {}
            Value::String(text) => self.add(kind, text, reading.event_id),
            other => self.add(kind, &other.to_string(), reading.event_id),
        }
    }
}

/// The calls that were seen, without duplicates, in order.
pub(super) fn matched(events: &[Prepared<'_>], found: &MatchedSignal) -> Vec<String> {
    let mut calls: Vec<String> = Vec::new();
    for (event, _) in &found.members {
        let call = events[*event].row.call;
        if !calls.iter().any(|seen| seen == call) {
            calls.push(call.to_owned());
        }
    }
    calls
}

fn members(events: &[Prepared<'_>], found: &MatchedSignal) -> Vec<Member> {
    found
        .members
        .iter()
        .map(|(event, role)| Member { event_id: events[*event].row.event_id.to_owned(), role: *role })
        .collect()
}
