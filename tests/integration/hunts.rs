//! All hunts: each is documented and tested, and its query has the same structure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cartographer::hunt::{Hunt, Tactic, shipped};
use cartographer::store::Case;
use tempfile::TempDir;
use walkdir::WalkDir;

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The last part of a hunt's ID, after which its test is named.
fn name(hunt: &Hunt) -> &str {
    hunt.id.rsplit('/').next().unwrap()
}

fn files_in(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The names between `before` and a quote.
fn names_after<'t>(text: &'t str, before: &str) -> BTreeSet<&'t str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('\'').next()).collect()
}

#[test]
fn every_tactic_has_hunts() {
    let hunts = shipped().unwrap();
    assert!(hunts.len() >= 40, "{}", hunts.len());
    for tactic in Tactic::ALL {
        assert!(hunts.iter().any(|hunt| hunt.tactic == tactic), "{}", tactic.as_str());
    }
    let names: BTreeSet<&str> = hunts.iter().map(name).collect();
    assert_eq!(names.len(), hunts.len(), "two hunts have the same name");
}

#[test]
fn techniques_have_valid_ids() {
    for hunt in shipped().unwrap() {
        assert!(hunt.tactic == Tactic::Correlation || !hunt.techniques.is_empty(), "{}", hunt.id);
        for technique in &hunt.techniques {
            let digits = technique.strip_prefix('T').unwrap().replacen('.', "", 1);
            assert!([4, 7].contains(&digits.len()) && digits.parse::<u32>().is_ok(), "{}: {technique}", hunt.id);
        }
    }
}

#[test]
fn declared_parameters_match_those_of_the_query() {
    for hunt in shipped().unwrap() {
        let set: BTreeSet<&str> = hunt.params.iter().map(|param| param.name.as_str()).collect();
        assert_eq!(set, names_after(&hunt.query, "getvariable('"), "{}", hunt.id);
        assert!(set.contains("since") && set.contains("until"), "{} lacks a time parameter", hunt.id);
    }
}

#[test]
fn hunt_rows_start_with_time_and_have_sentence_and_id() {
    let dir = TempDir::new().unwrap();
    let case = Case::open(&dir.path().join("case.duckdb")).unwrap();
    for hunt in shipped().unwrap() {
        let answer = case.query(&hunt.sql(&[])).unwrap().remove(0);
        let schema = answer.schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!((columns[0], answer.num_rows()), ("time", 0), "{}", hunt.id);
        assert!(columns.contains(&"what"), "{}: {columns:?}", hunt.id);
        assert!(columns.last().unwrap().ends_with("_id"), "{}: {columns:?}", hunt.id);
        assert!(hunt.query.contains("\nORDER BY "), "{} has no order", hunt.id);
    }
}

#[test]
fn every_hunt_is_tested_with_a_hit_and_a_false_positive() {
    let folder = package().join("tests/sql/hunts");
    let hunts = shipped().unwrap();
    let expected: BTreeSet<PathBuf> = hunts.iter().map(|hunt| folder.join(name(hunt)).with_extension("slt")).collect();
    assert_eq!(files_in(&folder), expected);
    for hunt in &hunts {
        let text = fs::read_to_string(folder.join(name(hunt)).with_extension("slt")).unwrap();
        let answers: Vec<&str> = text.split(&format!("\nHUNT {}\n----\n", hunt.id)).skip(1).collect();
        let [empty, full] = answers[..] else {
            panic!("{} must have two results: without and with its events", hunt.id)
        };
        assert!(empty.starts_with('\n') && !full.trim().is_empty(), "{} must only have hits in its events", hunt.id);
        assert!(empty.contains("\"eventID\": \"hit") && empty.contains("\"eventID\": \"innocent"), "{}", hunt.id);
        assert!(!full.contains("innocent"), "{} reports the innocent event", hunt.id);
    }
}

/// The string literals in SQL, without those in comments.
fn literals(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap()).collect();
    code.join("\n").split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether a text names a call: `iam:CreateUser`, or the beginning of one.
fn is_call(text: &str) -> bool {
    let Some((service, name)) = text.split_once(':') else { return false };
    let is_service = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    !service.is_empty()
        && service.chars().all(is_service)
        && name.starts_with(|char: char| char.is_ascii_uppercase())
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '%')
}

fn sql_files() -> Vec<(String, String)> {
    let entries = WalkDir::new(package().join("sql")).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "sql"));
    files.map(|file| (file.path().display().to_string(), fs::read_to_string(file.path()).unwrap())).collect()
}

#[test]
fn sql_contains_no_lists_of_calls() {
    assert!(sql_files().len() > 100);
    // This query rebuilds a screen from the requests and responses of particular calls. It does not classify them.
    let classifies_calls = |(file, _): &(String, String)| !file.ends_with("sql/serve/screen.sql");
    for (file, sql) in sql_files().into_iter().filter(classifies_calls) {
        let calls: BTreeSet<String> = literals(&sql).into_iter().filter(|text| is_call(text)).collect();
        assert!(calls.len() < 2, "{file} lists {calls:?}: the classes of calls belong in rules/calls/");
        let is_list = ["event_name IN (", "event_key IN (", "event_name NOT IN (", "event_key NOT IN ("];
        assert!(!is_list.iter().any(|list| sql.contains(list)), "{file} lists calls");
    }
}

#[test]
fn sql_contains_no_error_codes_of_denials() {
    const CODES: [&str; 6] =
        ["AccessDenied", "Unauthorized", "NotAuthorized", "Forbidden", "AuthFailure", "AuthorizationError"];
    for (file, sql) in sql_files() {
        let known: Vec<String> =
            literals(&sql).into_iter().filter(|text| CODES.iter().any(|code| text.contains(code))).collect();
        assert!(known.is_empty(), "{file} checks for {known:?}: use events.denied instead");
    }
}

#[test]
fn literals_with_calls_are_found() {
    let sql = "SELECT 1 -- 'iam:CreateUser'\nWHERE event_key = 'iam:CreateRole' OR event_key LIKE 'lambda:Update%' AND x = 'at 9:Am'";
    let calls: Vec<String> = literals(sql).into_iter().filter(|text| is_call(text)).collect();
    assert_eq!(calls, ["iam:CreateRole", "lambda:Update%"]);
}
