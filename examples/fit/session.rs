//! A session with its known clicks: a labeled session in `../shared`, or an example of a rule.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cartographer::event::Timestamp;
use cartographer::matching::{Row, SessionRows, map};
use cartographer::normalize::client;
use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::{Kind, Signal};
use cartographer::spec::{CaseToml, EventToml, SignalToml, SpecToml, by_rule};
use chrono::DateTime;
use serde_json::{Value, json};

/// One event with owned values, which can be aged and which rows borrow from.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) call: String,
    pub(crate) time: Timestamp,
    pub(crate) region: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) request: Value,
    pub(crate) response: Value,
}

impl Event {
    fn labeled(event: &Value) -> Self {
        let text = |name: &str| event[name].as_str().map(str::to_owned);
        let service = text("eventSource").unwrap();
        let time = DateTime::parse_from_rfc3339(event["eventTime"].as_str().unwrap()).unwrap();
        Self {
            id: text("eventID").unwrap(),
            call: format!("{}:{}", service.split('.').next().unwrap(), text("eventName").unwrap()),
            time: Timestamp(time.timestamp_micros()),
            region: text("awsRegion"),
            agent: text("userAgent"),
            error: text("errorCode"),
            request: event["requestParameters"].clone(),
            response: event["responseElements"].clone(),
        }
    }

    fn example(index: usize, event: &EventToml) -> Self {
        Self {
            id: event.id(index),
            call: event.call.clone(),
            time: Timestamp(0).plus_seconds(event.at),
            region: Some(event.region.clone().unwrap_or_else(|| "eu-west-1".to_owned())),
            agent: Some(event.agent.clone().unwrap_or_else(|| "AWS Internal".to_owned())),
            error: event.error.clone(),
            request: json!(event.request),
            response: json!(event.response),
        }
    }

    fn texts(&self) -> [Option<String>; 2] {
        [&self.request, &self.response].map(|value| (!value.is_null()).then(|| value.to_string()))
    }

    fn row<'a>(&'a self, [request, response]: &'a [Option<String>; 2]) -> Row<'a> {
        Row {
            event_id: &self.id,
            time: self.time,
            call: &self.call,
            account_id: None,
            principal: None,
            region: self.region.as_deref(),
            access_key: None,
            user_agent: self.agent.as_deref(),
            client: client(self.agent.as_deref(), None),
            source_ip: None,
            read_only: None,
            error_code: self.error.as_deref(),
            error_message: None,
            request: request.as_deref(),
            response: response.as_deref(),
        }
    }
}

/// A known click in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Click {
    /// Its label in the labeled data, or the rule's ID for an example of a rule.
    pub(crate) label: String,
    pub(crate) anchor: String,
    pub(crate) events: BTreeSet<String>,
    pub(crate) context: Value,
    /// Whether it is background activity.
    pub(crate) background: bool,
}

/// A session and its clicks.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) name: String,
    pub(crate) events: Vec<Event>,
    pub(crate) clicks: Vec<Click>,
    by_label: bool,
}

impl Session {
    fn labeled(folder: &Path) -> Self {
        Self {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            events: read(&folder.join("events.json")).as_array().unwrap().iter().map(Event::labeled).collect(),
            clicks: read(&folder.join("expected.json")).as_array().unwrap().iter().map(Click::labeled).collect(),
            by_label: true,
        }
    }

    /// The signals that the rules find in it.
    pub(crate) fn signals(&self, rules: &RuleSet) -> Vec<Signal> {
        let texts: Vec<_> = self.events.iter().map(Event::texts).collect();
        let rows = self.events.iter().zip(&texts).map(|(event, texts)| event.row(texts)).collect();
        map(rules, &SessionRows { session_id: "labeled", rows })
    }

    /// The label of a signal, for comparison with the session's clicks.
    pub(crate) fn label(&self, rules: &RuleSet, signal: &Signal) -> Option<String> {
        if self.by_label {
            rules.find(&signal.rule_id).and_then(|(_, rule)| rule.ccc_label.clone())
        } else {
            Some(signal.rule_id.clone())
        }
    }
}

impl Click {
    fn labeled(click: &Value) -> Self {
        let text = |name: &str| click[name].as_str().unwrap().to_owned();
        Self {
            background: text("label").starts_with("Suppress"),
            label: text("label"),
            anchor: text("anchor_event_id"),
            events: click["event_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect(),
            context: click["context"].clone(),
        }
    }

    /// An expected signal in a spec. Its anchor is the first event that can start its page.
    fn expected(rules: &RuleSet, signal: &SignalToml, case: &CaseToml, events: &[Event]) -> Self {
        let ids: BTreeSet<String> = signal.events.ids(case).into_iter().collect();
        let (_, rule) = rules.find(&signal.rule).unwrap();
        let starts = |call: &str| rule.parts.iter().any(|part| part.anchor && part.call == call);
        let own = || events.iter().filter(|event| ids.contains(&event.id));
        let anchor = own().find(|event| starts(&event.call)).or(own().next()).unwrap();
        Self {
            background: rule.kind == Kind::Background,
            label: signal.rule.clone(),
            anchor: anchor.id.clone(),
            events: ids,
            context: Value::Null,
        }
    }
}

/// The labeled sessions, if they exist. Set `SESSIONS_DIR` to use a different folder.
pub(crate) fn labeled() -> Vec<Session> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sessions");
    let root = std::env::var_os("SESSIONS_DIR").map_or(shared, PathBuf::from);
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders.iter().map(|folder| Session::labeled(folder)).collect()
}

/// All examples of all rules, with the expected signals from their specs.
pub(crate) fn examples(rules: &RuleSet, texts: &[RuleText]) -> Vec<Session> {
    let of_rules = by_rule(texts).into_iter().filter(|(_, text)| !text.holds_calls());
    let specs = of_rules.map(|(rule, text)| (rule, SpecToml::parse(&text.text).unwrap()));
    let cases = specs.flat_map(|(rule, spec)| spec.case.into_iter().map(move |case| (rule.to_owned(), case)));
    let shown = cases.filter(|(_, case)| !case.near_miss);
    shown.map(|(rule, case)| example(rules, rule, &case)).collect()
}

fn example(rules: &RuleSet, rule: String, case: &CaseToml) -> Session {
    let events: Vec<Event> =
        case.events.iter().enumerate().map(|(index, event)| Event::example(index, event)).collect();
    let clicks = case.signals.iter().map(|signal| Click::expected(rules, signal, case, &events)).collect();
    Session { name: rule, events, clicks, by_label: false }
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
