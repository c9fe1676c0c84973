//! The catalogue as a whole: every rule compiles, and every rule is proved by the spec beside it.
//!
//! `RULES_DIR` names another folder of rules; `RULE` limits the specs to those whose path begins with it.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use std::path::PathBuf;

use cartographer::rule::{RuleSet, RuleText};
use cartographer::spec;

fn texts() -> Vec<RuleText> {
    let dir = std::env::var_os("RULES_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules"), PathBuf::from);
    RuleText::in_dir(&dir).unwrap()
}

fn rules() -> RuleSet {
    let compiled = RuleSet::compile(texts()).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        lines.join("\n")
    });
    compiled.unwrap()
}

#[test]
fn every_spec_passes() {
    let (texts, rules) = (texts(), rules());
    let only = std::env::var("RULE").unwrap_or_default();
    let specs = texts.iter().filter(|text| text.is_spec() && text.path.starts_with(&only));
    let failures: Vec<String> =
        specs.filter_map(|spec| spec::run(&rules, spec).err()).flatten().map(|failure| failure.to_string()).collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_rule_has_a_spec() {
    let texts = texts();
    let specs = spec::by_rule(&texts);
    let only = std::env::var("RULE").unwrap_or_default();
    let rules = rules();
    let missing: Vec<&str> = rules
        .rules()
        .iter()
        .map(|rule| rule.id.as_str())
        .filter(|id| id.starts_with(&only) && !specs.contains_key(id))
        .collect();
    assert!(missing.is_empty(), "rules without a spec: {missing:?}");
}
