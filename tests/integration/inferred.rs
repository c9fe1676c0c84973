//! The console changes: a page whose requests have different shapes, or that lacks a call, is still found, with a
//! confidence.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]

use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::{Origin, Signal};
use cartographer::spec::{self, CaseToml, EventToml, SpecToml};

/// The first example in the spec of a rule.
fn example(rule: &str) -> Vec<EventToml> {
    let texts = RuleText::shipped();
    let spec = SpecToml::parse(&spec::by_rule(&texts)[rule].text).unwrap();
    spec.case[0].events.clone()
}

fn signals(events: Vec<EventToml>) -> Vec<Signal> {
    let case = CaseToml { name: String::new(), near_miss: false, events, signals: Vec::new() };
    spec::signals(&RuleSet::shipped().unwrap(), &case)
}

/// The only signal of these events, which must be inferred.
fn only_inferred_signal(events: Vec<EventToml>) -> Signal {
    let mut signals = signals(events);
    assert_eq!(signals.len(), 1, "{signals:#?}");
    let signal = signals.remove(0);
    assert_eq!(signal.origin, Origin::Inferred);
    assert!(signal.confidence > 0.5 && signal.confidence < 1.0, "{}", signal.confidence);
    signal
}

/// The events with an additional, unknown member in every request.
fn with_unknown_member(mut events: Vec<EventToml>) -> Vec<EventToml> {
    for event in &mut events {
        event.request.get_or_insert_default().insert("clientContext".to_owned(), toml::Value::from("7"));
    }
    events
}

#[test]
fn unknown_member_in_every_request_does_not_hide_page() {
    let events = with_unknown_member(example("iam/users"));
    let count = events.len();
    let signal = only_inferred_signal(events);
    assert_eq!((signal.rule_id.as_str(), signal.events.len()), ("iam/users", count));
    assert!(signal.missing.is_empty() && signal.summary.contains("mara"), "{signal:#?}");
}

#[test]
fn missing_required_call_is_reported() {
    let mut events = example("iam/users");
    events.retain(|event| event.call != "iam:GetLoginProfile");
    let signal = only_inferred_signal(events);
    assert_eq!(
        (signal.rule_id.as_str(), signal.missing.as_slice()),
        ("iam/users", &["iam:GetLoginProfile".to_owned()][..])
    );
}

#[test]
fn summary_omits_parts_without_values() {
    let mut events = with_unknown_member(example("ec2/amis/image/storage"));
    for event in &mut events {
        event.request.get_or_insert_default().insert("snapshotSet".to_owned(), toml::Value::Table(toml::Table::new()));
    }
    for signal in signals(events) {
        assert!(!signal.summary.contains('?') && !signal.title.contains('{'), "{signal:#?}");
        assert!(!signal.summary.is_empty());
    }
}

#[test]
fn exact_signals_are_not_changed_by_later_events() {
    let known = signals(example("iam/users"));
    let later = with_unknown_member(example("s3/buckets")).into_iter().enumerate();
    let later =
        later.map(|(index, event)| EventToml { id: Some(format!("later {index}")), at: event.at + 600, ..event });
    let both = signals(example("iam/users").into_iter().chain(later).collect());
    assert_eq!(both[0], known[0]);
    assert_eq!(both[1].rule_id, "s3/buckets");
}
