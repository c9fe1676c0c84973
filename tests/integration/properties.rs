//! Properties of matching for every session: the order of events, duplicates and later unknown calls do not matter.
//!
//! Sessions consist of examples from the catalog's specs, combined at random times.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]

use std::collections::HashSet;
use std::sync::LazyLock;

use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::{Origin, Signal};
use cartographer::spec::{self, CaseToml, EventToml, SpecToml};
use proptest::prelude::*;
use proptest::sample::Index;

static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::shipped().unwrap());

/// Every event of every spec.
static EVENTS: LazyLock<Vec<EventToml>> = LazyLock::new(|| {
    let specs = RuleText::shipped().into_iter().filter(|text| text.is_spec() && !text.holds_calls());
    let cases = specs.flat_map(|text| SpecToml::parse(&text.text).unwrap().case);
    cases.filter(|case| !case.near_miss).flat_map(|case| case.events).collect()
});

/// Bursts of consecutive events from the specs, at different times.
fn sessions() -> impl Strategy<Value = Vec<EventToml>> {
    let burst = (any::<Index>(), 1_usize..12, 0_i64..60);
    proptest::collection::vec(burst, 1..8).prop_map(|bursts| {
        let events = bursts.iter().flat_map(|(start, count, at)| {
            let start = start.index(EVENTS.len());
            EVENTS[start..].iter().take(*count).map(move |event| EventToml { at: event.at % 5 + at, ..event.clone() })
        });
        events.enumerate().map(|(index, event)| EventToml { id: Some(format!("{index:03}")), ..event }).collect()
    })
}

fn signals(events: Vec<EventToml>) -> Vec<Signal> {
    spec::signals(&RULES, &CaseToml { name: String::new(), near_miss: false, events, signals: Vec::new() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn order_of_events_does_not_matter(events in sessions(), seed in any::<u64>()) {
        let expected = signals(events.clone());
        let mut shuffled = events;
        let count = shuffled.len();
        for place in 0..count {
            let other = usize::try_from(seed.rotate_left(u32::try_from(place % 64).unwrap()) % count as u64).unwrap();
            shuffled.swap(place, other);
        }
        prop_assert_eq!(signals(shuffled), expected);
    }

    #[test]
    fn duplicate_event_changes_nothing(events in sessions(), again in any::<Index>()) {
        let expected = signals(events.clone());
        let mut repeated = events;
        repeated.push(repeated[again.index(repeated.len())].clone());
        prop_assert_eq!(signals(repeated), expected);
    }

    #[test]
    fn event_has_at_most_one_signal(events in sessions()) {
        let signals = signals(events);
        let mut seen = HashSet::new();
        for member in signals.iter().flat_map(|signal| &signal.events) {
            prop_assert!(seen.insert(&member.event_id), "{} is in two signals", member.event_id);
        }
    }

    #[test]
    fn signals_are_consistent(events in sessions()) {
        for signal in signals(events) {
            prop_assert!(signal.confidence > 0.0 && signal.confidence < 1.0, "{}", signal.rule_id);
            prop_assert!(signal.origin != Origin::Exact || signal.missing.is_empty());
            prop_assert!(signal.events.iter().any(|member| member.event_id == signal.anchor_event_id));
            prop_assert!(signal.first_time <= signal.last_time);
        }
    }

    #[test]
    fn unknown_calls_an_hour_later_do_not_change_pages(events in sessions()) {
        let pages = |events: Vec<EventToml>| {
            let mut signals = signals(events);
            signals.retain(|signal| signal.origin != Origin::Service);
            // If two pages have the same cost, either may be assigned a call, and its confidence may differ. Calls at
            // the same time are evidence, and may change a page.
            let page = |signal: Signal| (signal.rule_id, signal.anchor_event_id);
            let signals: Vec<_> = signals.into_iter().map(page).collect();
            signals
        };
        let expected = pages(events.clone());
        let unknown_call = |event: &EventToml| {
            let id = event.id.as_ref().map(|id| format!("x{id}"));
            EventToml { call: "freetier:GetNothing".to_owned(), agent: None, id, at: event.at + 3600, ..event.clone() }
        };
        let unknown_calls: Vec<EventToml> = events.iter().map(unknown_call).collect();
        prop_assert_eq!(pages([events, unknown_calls].concat()), expected);
    }
}

#[test]
fn order_of_rule_files_does_not_matter() {
    let mut texts = RuleText::shipped();
    let expected = RuleSet::compile(texts.clone()).unwrap();
    texts.reverse();
    let reversed = RuleSet::compile(texts).unwrap();
    assert_eq!(reversed.rules(), expected.rules());
    assert_eq!(reversed.version(), expected.version());
}
