//! Accuracy of the mapping on the labeled console sessions and trails in `../shared`, if available, original and aged.
//! `SESSIONS_DIR` selects other sessions in the same format, and `RULES_DIR` other rules. `make accuracy` prints all
//! figures.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]
#![expect(clippy::print_stdout, reason = "all figures are needed to understand a failure")]
#![expect(dead_code, reason = "the other functions are used by the fit")]

#[path = "../../../examples/fit/age.rs"]
mod age;
#[path = "../../../examples/fit/goal.rs"]
mod goal;
#[path = "../../../examples/fit/session.rs"]
mod session;
#[path = "../../../examples/fit/trail.rs"]
mod trail;

use std::collections::BTreeSet;
use std::path::Path;

use cartographer::rule::{RuleSet, RuleText};
use serde_json::Value;

use self::goal::Data;
use self::session::labeled;

/// The required accuracy on the labeled sessions. `docs/accuracy.md` explains why it is not 100%.
const MIN_EXACT: f64 = 0.99;
const MIN_CLICKS: f64 = 0.98;
const MIN_AGED: [f64; 3] = [0.92, 0.88, 0.84];

/// The shipped rules, or those in the folder `RULES_DIR`.
fn rules() -> RuleSet {
    let texts =
        std::env::var_os("RULES_DIR").map_or_else(RuleText::shipped, |dir| RuleText::in_dir(Path::new(&dir)).unwrap());
    RuleSet::compile(texts).unwrap()
}

#[test]
fn clicks_are_found_in_original_and_aged_labeled_sessions() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let goal = Data::open(&shared, &rules(), &[], 1).score(&rules(), &[], None);
    println!("{goal}");
    assert!(goal.examples >= 0.98, "examples {:.3}", goal.examples);
    if labeled().is_empty() {
        return println!("no labeled sessions are available");
    }
    assert!(goal.exact >= MIN_EXACT, "exact {:.4}", goal.exact);
    assert!(goal.clicks >= MIN_CLICKS, "clicks {:.4}", goal.clicks);
    for (share, least) in goal.aged.iter().zip(MIN_AGED) {
        assert!(*share >= least, "aged {:?}", goal.aged);
    }
}

#[test]
fn clicks_are_found_in_labeled_trails() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let goal = Data::open(&shared, &rules(), &[], 1).score(&rules(), &[], None);
    if goal.trails.is_empty() {
        return println!("no labeled trails are available");
    }
    let all = goal::sum(&goal.trails.values().cloned().collect::<Vec<_>>());
    assert!(all.f1() >= 0.85, "{all}");
    assert!((0.8..=1.25).contains(&all.ratio()), "{all}");
    let sure: Vec<_> = all.judged.iter().filter(|one| one.confidence >= 0.9).collect();
    let right = sure.iter().filter(|one| one.right).count();
    assert!(trail::per(right, sure.len().max(1)) >= 0.9 || sure.is_empty(), "{right} of {} sure signals", sure.len());
    for (name, score) in &goal.trails {
        assert!(score.grouping >= 0.85, "{name}: {score}");
    }
}

/// The scalars of an expected context in the form that score.py compares: without spaces and backslashes.
fn scalars(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|inner| scalars(inner, into)),
        Value::Array(elements) => elements.iter().for_each(|inner| scalars(inner, into)),
        Value::Null => {}
        // Python's spelling.
        Value::Bool(flag) => drop(into.insert(if *flag { "True" } else { "False" }.to_owned())),
        Value::String(text) => drop((!text.is_empty()).then(|| into.insert(squash(text)))),
        Value::Number(number) => drop(into.insert(number.to_string())),
    }
}

fn squash(text: &str) -> String {
    text.replace(['\\', ' '], "")
}

#[test]
fn context_of_labeled_clicks_is_extracted() {
    let rules = rules();
    let (mut seen, mut total) = (0, 0);
    for session in labeled() {
        let signals = session.signals(&rules);
        for click in &session.clicks {
            let Some(found) = signals.iter().find(|signal| signal.anchor_event_id == click.anchor) else { continue };
            let mut values = BTreeSet::new();
            scalars(&click.context, &mut values);
            let text = squash(&serde_json::to_string(&found.context).unwrap());
            let missing: Vec<&String> = values.iter().filter(|value| !text.contains(value.as_str())).collect();
            total += values.len();
            seen += values.len() - missing.len();
            if !missing.is_empty() {
                println!("{} {}: not in the context: {missing:?}", click.label, found.rule_id);
            }
        }
    }
    println!("context {seen}/{total}");
    assert!(seen * 100 >= total * 98, "context {seen} of {total}");
}
