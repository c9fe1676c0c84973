//! Consoles change: a page whose requests have other shapes, or that lacks a call, is still found, and says how sure it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::{Origin, Signal};
use cartographer::spec::{self, CaseToml, EventToml, SpecToml};

/// The first example that the spec of a rule gives.
fn example(rule: &str) -> Vec<EventToml> {
    let texts = RuleText::shipped();
    let spec = SpecToml::parse(&spec::by_rule(&texts)[rule].text).unwrap();
    spec.case[0].events.clone()
}

fn signals(events: Vec<EventToml>) -> Vec<Signal> {
    let case = CaseToml { name: String::new(), near_miss: false, events, signals: Vec::new() };
    spec::signals(&RuleSet::shipped().unwrap(), &case)
}

/// The only signal of these events, which must be an inferred one.
fn likely(events: Vec<EventToml>) -> Signal {
    let mut signals = signals(events);
    assert_eq!(signals.len(), 1, "{signals:#?}");
    let signal = signals.remove(0);
    assert_eq!(signal.origin, Origin::Inferred);
    assert!(signal.confidence > 0.5 && signal.confidence < 1.0, "{}", signal.confidence);
    signal
}

/// Every request with one more member than anybody has seen.
fn with_one_more_member(mut events: Vec<EventToml>) -> Vec<EventToml> {
    for event in &mut events {
        event.request.get_or_insert_default().insert("clientContext".to_owned(), toml::Value::from("7"));
    }
    events
}

#[test]
fn one_more_member_in_every_request_is_still_the_page() {
    let events = with_one_more_member(example("iam/users"));
    let count = events.len();
    let signal = likely(events);
    assert_eq!((signal.rule_id.as_str(), signal.events.len()), ("iam/users", count));
    assert!(signal.missing.is_empty() && signal.summary.contains("mara"), "{signal:#?}");
}

#[test]
fn a_required_call_that_is_gone_is_named() {
    let mut events = example("iam/users");
    events.retain(|event| event.call != "iam:GetLoginProfile");
    let signal = likely(events);
    assert_eq!(
        (signal.rule_id.as_str(), signal.missing.as_slice()),
        ("iam/users", &["iam:GetLoginProfile".to_owned()][..])
    );
}

#[test]
fn what_a_page_has_no_values_for_it_does_not_say() {
    let mut events = with_one_more_member(example("ec2/amis/image/storage"));
    for event in &mut events {
        event.request.get_or_insert_default().insert("snapshotSet".to_owned(), toml::Value::Table(toml::Table::new()));
    }
    for signal in signals(events) {
        assert!(!signal.summary.contains('?') && !signal.title.contains('{'), "{signal:#?}");
        assert!(!signal.summary.is_empty());
    }
}

#[test]
fn what_is_known_to_the_letter_stays_as_it_is() {
    let known = signals(example("iam/users"));
    let later = with_one_more_member(example("s3/buckets")).into_iter().enumerate();
    let later =
        later.map(|(index, event)| EventToml { id: Some(format!("later {index}")), at: event.at + 600, ..event });
    let both = signals(example("iam/users").into_iter().chain(later).collect());
    assert_eq!(both[0], known[0]);
    assert_eq!(both[1].rule_id, "s3/buckets");
}
