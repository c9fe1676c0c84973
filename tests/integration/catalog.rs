//! The catalog as a whole: every rule compiles, and its spec passes.
//!
//! `RULES_DIR` selects another folder of rules; `RULE` selects the specs whose path starts with it; `UPDATE=1` writes
//! the generated files.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cartographer::call::{CLASSES, CallEntry, CallTable};
use cartographer::rule::schema::Basis;
use cartographer::rule::{Rule, RuleSet, RuleText, schema};
use cartographer::signal::Kind;
use cartographer::spec::{self, SpecToml};
use cartographer::{hunt, present};

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
    let specs = texts.iter().filter(|text| text.is_spec() && !text.holds_calls() && text.path.starts_with(&only));
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

/// A rule that always becomes another has no signals of its own, so its spec can only contain near misses.
fn always_becomes_another(rule: &cartographer::rule::Rule) -> bool {
    rule.becomes.iter().any(|becomes| becomes.describe().is_empty())
}

#[test]
fn every_spec_has_an_example_and_a_near_miss() {
    let (texts, rules) = (texts(), rules());
    let specs = spec::by_rule(&texts);
    let mut incomplete = Vec::new();
    for rule in rules.rules() {
        let spec = SpecToml::parse(&specs[rule.id.as_str()].text).unwrap();
        let example = spec.case.iter().any(|case| case.signals.iter().any(|signal| signal.rule == rule.id));
        // A rule without calls is only reached through another rule, whose spec has the near misses.
        let near_miss = rule.parts.is_empty() || spec.case.iter().any(|case| case.near_miss);
        if !near_miss || !(example || always_becomes_another(rule)) {
            incomplete.push((&rule.id, example, near_miss));
        }
    }
    // This call never occurs alone: a page that requires more calls always takes it.
    incomplete.retain(|(id, ..)| *id != "organizations/shared/list-delegated-administrators");
    assert!(incomplete.is_empty(), "(rule, has an example, has a near miss): {incomplete:?}");
}

#[test]
fn rule_descriptions_are_distinct() {
    let rules = rules();
    let mut summaries: BTreeMap<&str, &str> = BTreeMap::new();
    for rule in rules.rules() {
        assert!(rule.summary.len() >= 15 && !rule.summary.ends_with('.'), "{}: {}", rule.id, rule.summary);
        assert!(!rule.title.is_empty() && !rule.console_path.is_empty(), "{} has no place in the console", rule.id);
        let shared = rule.id.contains("/shared/");
        assert!(shared || rule.kind != Kind::List || rule.url_template.is_some(), "{} has no link", rule.id);
        // Rules about calls that no page explains may have the same sentence.
        if !always_becomes_another(rule)
            && rule.generic.is_none()
            && let Some(other) = summaries.insert(&rule.summary, &rule.id)
        {
            let same_page = rule.title == rules.find(other).unwrap().1.title;
            assert!(!same_page, "{} and {other} have the same sentence for the same page", rule.id);
        }
    }
}

#[test]
fn no_link_opens_a_page_that_deletes_something() {
    let words = ["delete", "terminate", "empty", "destroy", "purge"];
    for text in texts().iter().filter(|text| !text.is_spec()) {
        for line in text.text.lines().filter(|line| line.starts_with("url = ")) {
            let link = line.to_lowercase();
            assert!(!words.iter().any(|word| link.contains(word)), "{}: {line}", text.file);
        }
    }
}

#[test]
fn labels_are_unique() {
    let rules = rules();
    let labels: Vec<&str> = rules.rules().iter().filter_map(|rule| rule.ccc_label.as_deref()).collect();
    assert_eq!(labels.len(), labels.iter().collect::<BTreeSet<_>>().len());
    assert_eq!(labels.len(), 269);
}

#[test]
fn catalog_covers_enough_pages_and_services() {
    let rules = rules();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules.rules() {
        *count.entry(&rule.service).or_default() += 1;
    }
    count.remove("generic");
    let pages: usize = count.values().sum();
    assert!(pages >= 770 && count.len() >= 80, "{pages} pages and actions of {} services", count.len());
    let observed = rules.rules().iter().filter(|rule| rule.provenance.basis == Basis::Observed).count();
    assert!(observed >= 280, "{observed} rules were observed");
    let lacks_reference =
        |rule: &&Rule| rule.provenance.basis == Basis::Documented && rule.provenance.references.is_empty();
    assert_eq!(rules.rules().iter().find(lacks_reference), None, "a documented rule names its source");
    for service in ["ec2", "vpc", "iam", "s3", "rds", "lambda", "cloudwatch", "organizations", "sso", "bedrock"] {
        assert!(count.get(service).is_some_and(|pages| *pages >= 20), "{service}: {:?}", count.get(service));
    }
}

#[test]
fn catalog_contains_every_published_observation() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/facts/pages.jsonl");
    let Ok(pages) = std::fs::read_to_string(pages) else { return };
    let rules = rules();
    let known: BTreeSet<&str> = rules.rules().iter().filter_map(|rule| rule.ccc_label.as_deref()).collect();
    let labels = pages
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["label"].as_str().unwrap().to_owned());
    let missing: Vec<String> = labels.filter(|label| !known.contains(label.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Checks that a generated file is up to date, or writes it if `UPDATE` is set.
#[track_caller]
fn assert_up_to_date(file: &str, expected: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read(&path).unwrap_or_default();
    assert!(found == expected, "{file} is out of date: UPDATE=1 cargo try --test integration catalog writes it");
}

#[test]
fn list_of_pages_is_up_to_date() {
    let mut page = Vec::new();
    present::catalog(&mut page, rules().rules()).unwrap();
    assert_up_to_date("rules/README.md", &page);
}

#[test]
fn list_of_calls_is_up_to_date() {
    let table = CallTable::compile(&texts()).unwrap();
    let mut page = Vec::new();
    present::call_catalog(&mut page, &table).unwrap();
    assert_up_to_date("rules/calls/README.md", &page);
}

#[test]
fn every_call_description_has_an_example() {
    let texts = texts();
    let table = CallTable::compile(&texts).map_err(|errors| format!("{errors:#?}")).unwrap();
    let files = texts.iter().filter(|text| text.holds_calls());
    let (specs, tables): (Vec<_>, Vec<_>) = files.partition(|text| text.is_spec());
    let failures: Vec<String> = specs
        .iter()
        .filter_map(|spec| spec::run_calls(&table, spec).err())
        .flatten()
        .map(|failure| failure.to_string())
        .collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    for text in tables {
        let spec = format!("{}.spec.toml", text.id());
        assert!(specs.iter().any(|text| text.path == spec), "{spec} is missing");
    }
}

#[test]
fn enough_calls_have_a_description() {
    let table = CallTable::compile(&texts()).unwrap();
    assert!(table.calls() >= 450, "{}", table.calls());
    for (class, name, effects) in CLASSES {
        for effect in effects {
            let has = |entry: &CallEntry| entry.classes.iter().any(|(known, found)| *known == class && found == effect);
            assert!(table.entries().iter().any(has), "no call is {name}: {effect}");
        }
    }
    // The sentence of a change starts with a verb in the past tense.
    for entry in table.entries() {
        assert!(entry.action.starts_with(|first: char| first.is_ascii_lowercase()), "{}: {}", entry.name, entry.action);
        assert!(!entry.action.ends_with('.'), "{}: {}", entry.name, entry.action);
    }
}

#[test]
fn list_of_hunts_is_up_to_date() {
    let mut page = Vec::new();
    present::cookbook(&mut page, &hunt::shipped().unwrap()).unwrap();
    assert_up_to_date("docs/hunts.md", &page);
}

#[test]
fn editor_schema_is_up_to_date() {
    assert_up_to_date("rules/schema.json", schema::json_schema().as_bytes());
}
