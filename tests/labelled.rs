//! The catalogue against the labelled console sessions, where `../shared` is there: each click, to the letter.
//! `SESSIONS_DIR` names other sessions in the same form, and `RULES_DIR` other rules.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cartographer::event::{Client, Timestamp};
use cartographer::matching::{Row, SessionRows, map};
use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::{Origin, Signal};
use chrono::DateTime;
use serde_json::Value;

fn sessions() -> Vec<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sessions");
    let root = std::env::var_os("SESSIONS_DIR").map_or(shared, PathBuf::from);
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    let mut sessions: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    sessions.sort();
    sessions
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// An event's texts, owned, so that rows can borrow them.
struct Texts {
    id: String,
    call: String,
    time: Timestamp,
    region: Option<String>,
    agent: Option<String>,
    error: Option<String>,
    request: Option<String>,
    response: Option<String>,
}

impl Texts {
    fn new(event: &Value) -> Self {
        let text = |name: &str| event[name].as_str().map(str::to_owned);
        let json = |name: &str| (!event[name].is_null()).then(|| event[name].to_string());
        let service = text("eventSource").unwrap();
        let time = DateTime::parse_from_rfc3339(event["eventTime"].as_str().unwrap()).unwrap();
        Self {
            id: text("eventID").unwrap(),
            call: format!("{}:{}", service.split('.').next().unwrap(), text("eventName").unwrap()),
            time: Timestamp(time.timestamp_micros()),
            region: text("awsRegion"),
            agent: text("userAgent"),
            error: text("errorCode"),
            request: json("requestParameters"),
            response: json("responseElements"),
        }
    }

    fn row(&self) -> Row<'_> {
        Row {
            event_id: &self.id,
            time: self.time,
            call: &self.call,
            account_id: None,
            region: self.region.as_deref(),
            user_agent: self.agent.as_deref(),
            client: Client::Unknown,
            source_ip: None,
            read_only: None,
            error_code: self.error.as_deref(),
            error_message: None,
            request: self.request.as_deref(),
            response: self.response.as_deref(),
        }
    }
}

fn signals(rules: &RuleSet, session: &Path) -> Vec<Signal> {
    let events = json(&session.join("events.json"));
    let texts: Vec<Texts> = events.as_array().unwrap().iter().map(Texts::new).collect();
    map(rules, &SessionRows { session_id: "labelled", rows: texts.iter().map(Texts::row).collect() })
}

/// The shipped rules, or those of the folder that `RULES_DIR` names.
fn rules() -> RuleSet {
    let texts =
        std::env::var_os("RULES_DIR").map_or_else(RuleText::shipped, |dir| RuleText::in_dir(Path::new(&dir)).unwrap());
    RuleSet::compile(texts).unwrap()
}

type Click = (String, BTreeSet<String>);

fn expected(session: &Path) -> Vec<Click> {
    let signals = json(&session.join("expected.json"));
    let ids = |signal: &Value| {
        signal["event_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    signals
        .as_array()
        .unwrap()
        .iter()
        .map(|signal| (signal["label"].as_str().unwrap().to_owned(), ids(signal)))
        .collect()
}

fn found(rules: &RuleSet, session: &Path) -> BTreeSet<Click> {
    let label = |signal: &Signal| rules.find(&signal.rule_id).unwrap().1.ccc_label.clone();
    let letter = signals(rules, session).into_iter().filter(|signal| signal.origin == Origin::Letter);
    letter
        .filter_map(|signal| {
            Some((label(&signal)?, signal.events.iter().map(|member| member.event_id.clone()).collect()))
        })
        .collect()
}

#[test]
fn labelled_clicks_are_found_to_the_letter() {
    let rules = rules();
    let (mut exact, mut total, mut extra) = (0, 0, 0);
    for session in sessions() {
        let found = found(&rules, &session);
        let expected = expected(&session);
        let hits = expected.iter().filter(|click| found.contains(*click)).count();
        for (label, events) in expected.iter().filter(|click| !found.contains(*click)) {
            let got: Vec<_> = found
                .iter()
                .filter(|(_, got)| !got.is_disjoint(events))
                .map(|(label, got)| format!("{label}({})", got.len()))
                .collect();
            println!(
                "  {} {label} ({} events): {}",
                session.file_name().unwrap().to_string_lossy(),
                events.len(),
                got.join(" ")
            );
        }
        println!(
            "{} {hits}/{} of {} found",
            session.file_name().unwrap().to_string_lossy(),
            expected.len(),
            found.len()
        );
        exact += hits;
        total += expected.len();
        extra += found.len() - hits;
    }
    println!("exact {exact}/{total} extra {extra}");
    assert!(exact * 1000 >= total * 998, "exact {exact} of {total}");
    assert!(extra <= 2, "extra {extra}");
}

/// The scalars of an expected context, as score.py compares them: without spaces and backslashes.
fn scalars(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|inner| scalars(inner, into)),
        Value::Array(elements) => elements.iter().for_each(|inner| scalars(inner, into)),
        Value::Null => {}
        // As Python writes it.
        Value::Bool(flag) => drop(into.insert(if *flag { "True" } else { "False" }.to_owned())),
        Value::String(text) => drop((!text.is_empty()).then(|| into.insert(squash(text)))),
        Value::Number(number) => drop(into.insert(number.to_string())),
    }
}

fn squash(text: &str) -> String {
    text.replace(['\\', ' '], "")
}

#[test]
fn labelled_context_is_read() {
    let rules = rules();
    let (mut seen, mut total) = (0, 0);
    for session in sessions() {
        let signals = signals(&rules, &session);
        for expected in json(&session.join("expected.json")).as_array().unwrap() {
            let Some(found) =
                signals.iter().find(|signal| signal.anchor_event_id == expected["anchor_event_id"].as_str().unwrap())
            else {
                continue;
            };
            let mut values = BTreeSet::new();
            scalars(&expected["context"], &mut values);
            let text = squash(&serde_json::to_string(&found.context).unwrap());
            let missing: Vec<&String> = values.iter().filter(|value| !text.contains(value.as_str())).collect();
            total += values.len();
            seen += values.len() - missing.len();
            if !missing.is_empty() {
                println!("{} {}: not in the context: {missing:?}", expected["label"], found.rule_id);
            }
        }
    }
    println!("context {seen}/{total}");
    assert!(seen * 100 >= total * 98, "context {seen} of {total}");
}

/// Clicks whose anchor event carries the expected label, background aside, however sure the signal is.
#[test]
fn labelled_clicks_are_right() {
    let rules = rules();
    let (mut right, mut total, mut sure, mut sure_right) = (0, 0, 0, 0);
    for session in sessions() {
        let signals = signals(&rules, &session);
        let expected = json(&session.join("expected.json"));
        for click in expected
            .as_array()
            .unwrap()
            .iter()
            .filter(|click| !click["label"].as_str().unwrap().starts_with("Suppress"))
        {
            let anchor = click["anchor_event_id"].as_str().unwrap();
            let found = signals.iter().find(|signal| signal.events.iter().any(|member| member.event_id == anchor));
            let label = found.and_then(|signal| rules.find(&signal.rule_id).unwrap().1.ccc_label.clone());
            total += 1;
            let is_right = label.as_deref() == click["label"].as_str();
            right += usize::from(is_right);
            if !is_right {
                let found = found.map(|signal| (&signal.rule_id, signal.origin, signal.confidence));
                println!(
                    "{} {} is taken for {found:?}",
                    session.file_name().unwrap().to_string_lossy(),
                    click["label"]
                );
            }
            if found.is_some_and(|signal| signal.confidence >= 0.9) {
                sure += 1;
                sure_right += usize::from(is_right);
            }
        }
    }
    println!("clicks {right}/{total}; at 0.9 and more {sure_right}/{sure}");
    assert!(right * 1000 >= total * 998, "clicks {right} of {total}");
}
