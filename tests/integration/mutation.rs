//! Specs test the calls of their rules: if a call is deleted, the spec fails or the rule is refused.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]

use std::collections::BTreeMap;

use cartographer::rule::{RuleSet, RuleText};
use cartographer::spec;
use rayon::prelude::*;
use toml::{Table, Value};

/// One in this many calls is deleted.
const ONE_IN: usize = 150;

/// The minimum percentage of deletions that a spec must catch. Most of the others are optional reads: a page also
/// accepts nearby unknown reads, so its spec passes without them.
const MIN_CAUGHT: usize = 45;

/// A rule with one of its calls deleted.
struct Mutant {
    rule: RuleText,
    call: String,
}

/// The rule without the call at `place` in the list `key`, also among the anchors.
fn mutant(text: &RuleText, table: &Table, key: &str, place: usize) -> Mutant {
    let mut table = table.clone();
    let removed = table[key].as_array_mut().unwrap().remove(place);
    let call = removed.as_str().unwrap().split('/').next().unwrap().to_owned();
    if let Some(Value::Array(anchors)) = table.get_mut("anchor") {
        anchors.retain(|anchor| anchor.as_str() != Some(call.as_str()));
    }
    Mutant { rule: RuleText { text: toml::to_string(&table).unwrap(), ..text.clone() }, call }
}

fn mutants(text: &RuleText) -> Vec<Mutant> {
    let table: Table = toml::from_str(&text.text).unwrap();
    let places = ["required", "optional"].into_iter().flat_map(|key| {
        let count = table.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).map(move |place| (key, place))
    });
    places.map(|(key, place)| mutant(text, &table, key, place)).collect()
}

/// Whether the rule is refused without the call, or its spec fails.
fn is_caught(texts: &[RuleText], specs: &BTreeMap<&str, &RuleText>, mutant: &Mutant) -> bool {
    let mutated =
        texts.iter().map(|text| if text.path == mutant.rule.path { mutant.rule.clone() } else { text.clone() });
    let Ok(rules) = RuleSet::compile(mutated.filter(|text| !text.is_spec()).collect()) else { return true };
    specs.get(mutant.rule.id()).is_some_and(|spec| spec::run(&rules, spec).is_err())
}

#[test]
fn deleted_call_makes_a_spec_fail() {
    let texts = RuleText::shipped();
    let specs = spec::by_rule(&texts);
    let is_rule =
        |text: &&RuleText| !text.is_spec() && !text.holds_requests() && !text.holds_words() && !text.holds_weights();
    // Compiling all rules for each of their calls would take hours, so only one in `ONE_IN` calls is deleted.
    let mutants: Vec<Mutant> = texts.iter().filter(is_rule).flat_map(mutants).step_by(ONE_IN).collect();
    let survivors: Vec<String> = mutants
        .par_iter()
        .filter(|mutant| !is_caught(&texts, &specs, mutant))
        .map(|mutant| format!("{} without {}", mutant.rule.id(), mutant.call))
        .collect();
    let caught = mutants.len() - survivors.len();
    println!("{caught} of {} deletions are caught", mutants.len());
    assert!(
        caught * 100 >= mutants.len() * MIN_CAUGHT,
        "{caught} of {} are caught; not:\n{}",
        mutants.len(),
        survivors.join("\n")
    );
}
