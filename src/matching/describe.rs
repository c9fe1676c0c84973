//! From what was found to a [`Signal`]: context, entities, sentence and link.

use serde_json::{Map, Value};

use super::claim::Found;
use super::prepare::Prepared;
use crate::digest::id_of;
use crate::rule::extract::{Extract, Reading};
use crate::rule::template::Style;
use crate::rule::{Rule, RuleSet};
use crate::signal::{Entity, Member, Signal};

/// The signal, described.
pub(super) fn signal(rules: &RuleSet, session_id: &str, events: &[Prepared<'_>], found: &Found) -> Signal {
    let rule = rules.rule(found.rule);
    let anchor = events[found.anchor].row;
    let (context, entities) = context(rule, events, found);
    Signal {
        signal_id: id_of(&[session_id, &rule.id, anchor.event_id], 16),
        session_id: session_id.to_owned(),
        rule_id: rule.id.clone(),
        kind: rule.kind,
        service: rule.service.clone(),
        title: rule.title_template.render(&context, Style::Sentence),
        summary: rule.summary_template.render(&context, Style::Sentence),
        url: rule.url_template.as_ref().map(|url| url.render(&context, Style::Link)),
        region: anchor.region.map(str::to_owned),
        confidence: found.confidence,
        origin: found.origin,
        first_time: events[found.first()].time(),
        last_time: events[found.last()].time(),
        anchor_event_id: anchor.event_id.to_owned(),
        context,
        attack: rule.attack.clone(),
        matched: matched(events, found),
        missing: found.missing.clone(),
        entities,
        events: members(events, found),
    }
}

/// What an extract reads off the signal's events.
pub(super) fn read(extract: &Extract, events: &[Prepared<'_>], found: &Found) -> Vec<Reading> {
    extract.read(found.members.iter().map(|(event, _)| events[*event].source()))
}

fn context(rule: &Rule, events: &[Prepared<'_>], found: &Found) -> (Map<String, Value>, Vec<Entity>) {
    let mut context = place(events, found);
    let mut entities = Vec::new();
    for extract in &rule.extracts {
        let readings = read(extract, events, found);
        if let Some(kind) = &extract.entity {
            entities.extend(readings.iter().filter_map(|reading| entity(kind, reading)));
        }
        let value = in_context(extract, readings);
        if !value.is_null() {
            context.insert(extract.name.clone(), value);
        }
    }
    (context, entities)
}

/// Where it happened: every signal's context has it.
fn place(events: &[Prepared<'_>], found: &Found) -> Map<String, Value> {
    let row = events[found.anchor].row;
    let mut context = Map::new();
    let members = [("region", row.region), ("account", row.account_id)];
    for (name, value) in members.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        context.insert(name.to_owned(), Value::String(value.to_owned()));
    }
    context
}

fn in_context(extract: &Extract, readings: Vec<Reading>) -> Value {
    let mut values: Vec<Value> = readings.into_iter().map(|reading| reading.value).collect();
    if values.is_empty() {
        values.extend(extract.default().map(|text| Value::String(text.to_owned())));
    }
    match (values.len(), extract.one) {
        (0, _) => Value::Null,
        (_, true) => values.swap_remove(0),
        (_, false) => Value::Array(values),
    }
}

fn entity(kind: &str, reading: &Reading) -> Option<Entity> {
    let value = reading
        .value
        .as_str()
        .map(str::to_owned)
        .or_else(|| (!reading.value.is_null()).then(|| reading.value.to_string()))?;
    Some(Entity { kind: kind.to_owned(), value, event_id: reading.event_id.clone() })
}

/// The calls that were seen, each once, in order.
fn matched(events: &[Prepared<'_>], found: &Found) -> Vec<String> {
    let mut calls: Vec<String> = Vec::new();
    for (event, _) in &found.members {
        let call = events[*event].row.call;
        if !calls.iter().any(|seen| seen == call) {
            calls.push(call.to_owned());
        }
    }
    calls
}

fn members(events: &[Prepared<'_>], found: &Found) -> Vec<Member> {
    found
        .members
        .iter()
        .map(|(event, role)| Member { event_id: events[*event].row.event_id.to_owned(), role: *role })
        .collect()
}
