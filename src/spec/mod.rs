//! Specs: runs the examples of each rule. `rules/iam/users.spec.toml` tests `rules/iam/users.toml`.
//!
//! A spec is a list of cases, each with events and the expected signals of exact pages. A near miss is a case in which
//! the rule must not match by exact shapes. For a rule that does not describe a page, the signals without a page are
//! compared instead.

mod calls;
mod schema;

use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use crate::event::{Client, Timestamp};
use crate::matching::{Row, SessionRows, map};
use crate::rule::{RuleSet, RuleText};
use crate::signal::{Origin, Signal};

pub use self::calls::run_calls;
pub use self::schema::{CaseToml, DefaultsToml, EventToml, EventsToml, SignalToml, SpecToml};

/// A spec that cannot be read, or a case that fails.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {case}: {problem}")]
pub struct SpecFailure {
    /// The spec file.
    pub file: String,
    /// The name of the case, or `spec` if the error is in the file itself.
    pub case: String,
    /// What was expected, and what was found.
    pub problem: String,
}

/// Runs every case in a spec, and returns the number of cases.
///
/// # Errors
/// Returns every case that fails.
pub fn run(rules: &RuleSet, text: &RuleText) -> Result<usize, Vec<SpecFailure>> {
    let spec = SpecToml::parse(&text.text).map_err(|error| vec![failure(text, "spec", &error.to_string())])?;
    let rule = text.path.strip_suffix(".spec.toml").unwrap_or(&text.path);
    let problems = spec
        .case
        .iter()
        .flat_map(|case| problems(rules, rule, case).into_iter().map(|problem| failure(text, &case.name, &problem)));
    let failures: Vec<SpecFailure> = problems.collect();
    if failures.is_empty() { Ok(spec.case.len()) } else { Err(failures) }
}

fn failure(text: &RuleText, case: &str, problem: &str) -> SpecFailure {
    SpecFailure { file: text.file.clone(), case: case.to_owned(), problem: problem.to_owned() }
}

/// The signals of a case's events.
pub fn signals(rules: &RuleSet, case: &CaseToml) -> Vec<Signal> {
    let events: Vec<OwnedEvent> =
        case.events.iter().enumerate().map(|(index, event)| OwnedEvent::new(index, event)).collect();
    map(rules, &SessionRows { session_id: "spec", rows: events.iter().map(OwnedEvent::row).collect() })
}

fn problems(rules: &RuleSet, rule: &str, case: &CaseToml) -> Vec<String> {
    let is_generic = rules.find(rule).is_some_and(|(_, rule)| rule.generic.is_some());
    let proved = if is_generic { Origin::Service } else { Origin::Exact };
    let (found, others): (Vec<Signal>, Vec<Signal>) =
        signals(rules, case).into_iter().partition(|signal| signal.origin == proved);
    if case.near_miss {
        let matching = found.iter().filter(|signal| signal.rule_id == rule);
        return matching
            .map(|signal| format!("expected no signal for `{rule}`, found one with {}", event_ids(signal).join(", ")))
            .collect();
    }
    if !case.signals.iter().any(|signal| signal.rule == rule) {
        return vec![format!("expected a signal for `{rule}` among `signals`, or near_miss = true")];
    }
    let ids: Vec<&str> = found.iter().map(|signal| signal.rule_id.as_str()).collect();
    let expected: Vec<&str> = case.signals.iter().map(|signal| signal.rule.as_str()).collect();
    if ids != expected {
        let others: Vec<&str> = others.iter().map(|signal| signal.rule_id.as_str()).collect();
        let inexact =
            if others.is_empty() { String::new() } else { format!(", and inexact signals {}", list(&others)) };
        return vec![format!("expected the signals {}, found {}{inexact}", list(&expected), list(&ids))];
    }
    found.iter().zip(&case.signals).flat_map(|(found, expected)| differences(found, expected, case)).collect()
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "(none)".to_owned() } else { names.join(", ") }
}

fn differences(found: &Signal, expected: &SignalToml, case: &CaseToml) -> Vec<String> {
    let mut problems = Vec::new();
    let mut compare = |what: &str, expected: &str, found: &str| {
        if expected != found {
            problems.push(format!("expected {what} `{expected}`, found `{found}`"));
        }
    };
    compare("events", &expected.events.ids(case).join(", "), &event_ids(found).join(", "));
    if let Some(title) = &expected.title {
        compare("title", title, &found.title);
    }
    if let Some(summary) = &expected.summary {
        compare("summary", summary, &found.summary);
    }
    if let Some(url) = &expected.url {
        compare("url", url, found.url.as_deref().unwrap_or_default());
    }
    for (name, value) in &expected.context {
        let value = serde_json::to_value(value).unwrap_or_default();
        compare(name, &value.to_string(), &found.context.get(name).unwrap_or(&Value::Null).to_string());
    }
    if let Some(entities) = &expected.entities {
        let have: Vec<String> =
            found.entities.iter().map(|entity| format!("{} {}", entity.kind, entity.value)).collect();
        compare("entities", &entities.join(", "), &have.join(", "));
    }
    problems
}

fn event_ids(signal: &Signal) -> Vec<String> {
    let mut ids: Vec<String> = signal.events.iter().map(|member| member.event_id.clone()).collect();
    ids.sort();
    ids
}

/// An event of a case with its generated texts.
struct OwnedEvent {
    id: String,
    event: EventToml,
    request: Option<String>,
    response: Option<String>,
}

impl OwnedEvent {
    fn new(index: usize, event: &EventToml) -> Self {
        let json = |table: &Option<toml::Table>| table.as_ref().and_then(|table| serde_json::to_string(table).ok());
        Self {
            id: event.id(index),
            request: json(&event.request),
            response: json(&event.response),
            event: event.clone(),
        }
    }

    fn row(&self) -> Row<'_> {
        Row {
            event_id: &self.id,
            time: Timestamp(0).plus_seconds(self.event.at),
            call: &self.event.call,
            account_id: Some("111122223333"),
            principal: None,
            region: Some(self.event.region.as_deref().unwrap_or("eu-west-1")),
            access_key: self.event.key.as_deref(),
            user_agent: Some(self.event.agent.as_deref().unwrap_or("AWS Internal")),
            client: self.event.client.unwrap_or(Client::Unknown),
            source_ip: self.event.source_ip.as_deref(),
            read_only: self.event.read_only,
            error_code: self.event.error.as_deref(),
            error_message: None,
            request: self.request.as_deref(),
            response: self.response.as_deref(),
        }
    }
}

/// The specs among rule texts, by the ID of the tested rule.
pub fn by_rule(texts: &[RuleText]) -> BTreeMap<&str, &RuleText> {
    let specs = texts.iter().filter(|text| text.is_spec());
    specs.map(|text| (text.path.strip_suffix(".spec.toml").unwrap_or(&text.path), text)).collect()
}
