//! The hunts as a whole: every one is documented, tested, and asks in the same form.

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

/// The last part of a hunt's id, by which its test is named.
fn name(hunt: &Hunt) -> &str {
    hunt.id.rsplit('/').next().unwrap()
}

fn files_in(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The names between `before` and a quote.
fn named<'t>(text: &'t str, before: &str) -> BTreeSet<&'t str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('\'').next()).collect()
}

#[test]
fn there_are_hunts_of_every_tactic() {
    let hunts = shipped().unwrap();
    assert!(hunts.len() >= 40, "{}", hunts.len());
    for tactic in Tactic::ALL {
        assert!(hunts.iter().any(|hunt| hunt.tactic == tactic), "{}", tactic.as_str());
    }
    let names: BTreeSet<&str> = hunts.iter().map(name).collect();
    assert_eq!(names.len(), hunts.len(), "two hunts have one name");
}

#[test]
fn techniques_are_told_by_their_ids() {
    for hunt in shipped().unwrap() {
        assert!(hunt.tactic == Tactic::Correlation || !hunt.techniques.is_empty(), "{}", hunt.id);
        for technique in &hunt.techniques {
            let digits = technique.strip_prefix('T').unwrap().replacen('.', "", 1);
            assert!([4, 7].contains(&digits.len()) && digits.parse::<u32>().is_ok(), "{}: {technique}", hunt.id);
        }
    }
}

#[test]
fn what_can_be_set_is_asked_for_and_the_other_way_round() {
    for hunt in shipped().unwrap() {
        let set: BTreeSet<&str> = hunt.params.iter().map(|param| param.name.as_str()).collect();
        assert_eq!(set, named(&hunt.query, "getvariable('"), "{}", hunt.id);
        assert!(set.contains("since") && set.contains("until"), "{} takes a time", hunt.id);
    }
}

#[test]
fn an_answer_begins_with_the_moment_and_holds_a_sentence_and_an_id_to_go_on_with() {
    let dir = TempDir::new().unwrap();
    let case = Case::open(&dir.path().join("case.duckdb")).unwrap();
    for hunt in shipped().unwrap() {
        let answer = case.query(&hunt.sql(&[])).unwrap().remove(0);
        let schema = answer.schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!((columns[0], answer.num_rows()), ("time", 0), "{}", hunt.id);
        assert!(columns.contains(&"what"), "{}: {columns:?}", hunt.id);
        assert!(columns.last().unwrap().ends_with("_id"), "{}: {columns:?}", hunt.id);
        assert!(hunt.query.contains("\nORDER BY "), "{} has an order", hunt.id);
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
        let [empty, full] = answers[..] else { panic!("{} answers twice: of nothing, and of its events", hunt.id) };
        assert!(empty.starts_with('\n') && !full.trim().is_empty(), "{} finds something in something only", hunt.id);
        assert!(empty.contains("\"eventID\": \"hit") && empty.contains("\"eventID\": \"innocent"), "{}", hunt.id);
        assert!(!full.contains("innocent"), "{} reports the innocent event", hunt.id);
    }
}

/// The texts in quotes of a file of SQL, without its comments.
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
fn no_sql_lists_calls() {
    assert!(sql_files().len() > 100);
    // This query rebuilds a screen from what particular calls ask for and return. It does not judge them.
    let judges = |(file, _): &(String, String)| !file.ends_with("sql/serve/screen.sql");
    for (file, sql) in sql_files().into_iter().filter(judges) {
        let calls: BTreeSet<String> = literals(&sql).into_iter().filter(|text| is_call(text)).collect();
        assert!(calls.len() < 2, "{file} lists {calls:?}: rules/calls/ says what calls are");
        let is_list = ["event_name IN (", "event_key IN (", "event_name NOT IN (", "event_key NOT IN ("];
        assert!(!is_list.iter().any(|list| sql.contains(list)), "{file} lists calls");
    }
}

#[test]
fn no_sql_knows_error_codes_of_denials() {
    const CODES: [&str; 6] =
        ["AccessDenied", "Unauthorized", "NotAuthorized", "Forbidden", "AuthFailure", "AuthorizationError"];
    for (file, sql) in sql_files() {
        let known: Vec<String> =
            literals(&sql).into_iter().filter(|text| CODES.iter().any(|code| text.contains(code))).collect();
        assert!(known.is_empty(), "{file} asks for {known:?}: events.denied says it");
    }
}

#[test]
fn lists_of_calls_are_found() {
    let sql = "SELECT 1 -- 'iam:CreateUser'\nWHERE event_key = 'iam:CreateRole' OR event_key LIKE 'lambda:Update%' AND x = 'at 9:Am'";
    let calls: Vec<String> = literals(sql).into_iter().filter(|text| is_call(text)).collect();
    assert_eq!(calls, ["iam:CreateRole", "lambda:Update%"]);
}
