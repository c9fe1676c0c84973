//! The catalogue against the labelled console sessions, where `../shared` is there, as they are and as they age.
//! `SESSIONS_DIR` names other sessions in the same form, and `RULES_DIR` other rules.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

#[path = "../../examples/fit/age.rs"]
mod age;
mod aged;
#[path = "../../examples/fit/session.rs"]
mod session;

use std::collections::BTreeSet;
use std::path::Path;

use cartographer::rule::{RuleSet, RuleText};
use cartographer::signal::Origin;
use serde_json::Value;

use self::session::{Session, labelled};

/// The shipped rules, or those of the folder that `RULES_DIR` names.
fn rules() -> RuleSet {
    let texts =
        std::env::var_os("RULES_DIR").map_or_else(RuleText::shipped, |dir| RuleText::in_dir(Path::new(&dir)).unwrap());
    RuleSet::compile(texts).unwrap()
}

type Found = (String, BTreeSet<String>);

/// What is met to the letter, by the labelled name and the events.
fn letter(rules: &RuleSet, session: &Session) -> BTreeSet<Found> {
    let letter = session.signals(rules).into_iter().filter(|signal| signal.origin == Origin::Letter);
    let labelled = letter.filter_map(|signal| Some((session.label(rules, &signal)?, signal.events)));
    labelled.map(|(label, events)| (label, events.into_iter().map(|member| member.event_id).collect())).collect()
}

#[test]
fn labelled_clicks_are_found_to_the_letter() {
    let rules = rules();
    let (mut exact, mut total, mut extra) = (0, 0, 0);
    for session in labelled() {
        let found = letter(&rules, &session);
        let is_found = |label: &str, events: &BTreeSet<String>| found.contains(&(label.to_owned(), events.clone()));
        let missed: Vec<_> = session.clicks.iter().filter(|click| !is_found(&click.label, &click.events)).collect();
        for click in &missed {
            let got = found.iter().filter(|(_, events)| !events.is_disjoint(&click.events));
            let got: Vec<_> = got.map(|(label, events)| format!("{label}({})", events.len())).collect();
            println!("{} {} ({} events): {}", session.name, click.label, click.events.len(), got.join(" "));
        }
        let hits = session.clicks.len() - missed.len();
        exact += hits;
        total += session.clicks.len();
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
    for session in labelled() {
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
