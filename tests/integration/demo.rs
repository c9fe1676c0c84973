//! The demo case, end to end: the clicks in its trail, and that every way to load it gives the same result.

#![expect(clippy::unwrap_used, reason = "a test fails if its data cannot be read")]

use std::fs;
use std::path::{Path, PathBuf};

use arrow::util::pretty::pretty_format_batches;
use cartographer::load::{Ledger, LoadOptions, NoProgress, load};
use cartographer::read;
use cartographer::rule::RuleSet;
use cartographer::store::Case;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The rows that must not depend on the way of loading, in order. `load_files` and `source_file` do depend on it.
const TABLES: [&str; 4] = [
    "SELECT * FROM signals ORDER BY ALL",
    "SELECT * FROM event_signal ORDER BY ALL",
    "SELECT * FROM signal_entities ORDER BY ALL",
    "SELECT * FROM sessions ORDER BY ALL",
];

fn trail() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz")
}

fn run(case: &Path, inputs: &[PathBuf]) -> Ledger {
    run_on(None, case, inputs)
}

fn run_on(threads: Option<usize>, case: &Path, inputs: &[PathBuf]) -> Ledger {
    let inputs = inputs.iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    let options = LoadOptions { inputs, case: case.to_owned(), threads, ..LoadOptions::default() };
    let ledger = load(&options, &RuleSet::shipped().unwrap(), &NoProgress).unwrap();
    assert!(ledger.balances(), "{ledger:?}");
    ledger
}

fn tables(case: &Path) -> Vec<String> {
    let case = Case::open_read_only(case).unwrap();
    TABLES.iter().map(|sql| pretty_format_batches(&case.query(sql).unwrap()).unwrap().to_string()).collect()
}

fn rows(case: &Path, sql: &str) -> String {
    pretty_format_batches(&Case::open_read_only(case).unwrap().query(sql).unwrap()).unwrap().to_string()
}

fn records() -> Vec<Value> {
    let source = read::discover(&[trail().to_str().unwrap().to_owned()]).sources.remove(0);
    let document = read::open(&source).unwrap().documents.remove(0);
    let trail: Value = serde_json::from_slice(&document.text).unwrap();
    trail["Records"].as_array().unwrap().clone()
}

/// The trail, split into `count` files with every `count`-th record, in a different order.
fn split_trail(dir: &Path, count: usize) -> Vec<PathBuf> {
    let records = records();
    let piece = |piece: usize| {
        let records: Vec<&Value> = records.iter().rev().skip(piece).step_by(count).collect();
        let path = dir.join(format!("{}.json", (piece * 7 + 3) % count));
        fs::write(&path, json!({ "Records": records }).to_string()).unwrap();
        path
    };
    (0..count).map(piece).collect()
}

#[test]
fn events_of_a_group_are_stored_next_to_each_other() {
    let dir = TempDir::new().unwrap();
    let case = dir.path().join("case.duckdb");
    run_on(Some(1), &case, &split_trail(dir.path(), 10));
    let sql = "SELECT list(part ORDER BY position) AS parts \
               FROM (SELECT rowid AS position, part, lag(part) OVER (ORDER BY rowid) AS before FROM (SELECT rowid, CASE \
               WHEN classes IS NOT NULL OR grants IS NOT NULL THEN 'classified' \
               WHEN read_only OR event_category = 'Data' THEN 'other' ELSE 'change' END AS part FROM events)) \
               WHERE part IS DISTINCT FROM before";
    let parts = rows(&case, sql);
    assert!(parts.contains("[other, change, classified]"), "{parts}");
}

#[test]
fn one_and_two_threads_give_the_same_rows() {
    let dir = TempDir::new().unwrap();
    let inputs = split_trail(dir.path(), 10);
    let [one, two] = [1, 2].map(|threads| {
        let case = dir.path().join(format!("{threads}.duckdb"));
        let ledger = run_on(Some(threads), &case, &inputs);
        (ledger, tables(&case))
    });
    assert_eq!((one.0.inserted, one.0.case.signals > 50), (2526, true), "{:?}", one.0);
    assert_eq!(one, two);
}

#[test]
fn all_ways_to_load_give_the_same_rows() {
    let dir = TempDir::new().unwrap();
    let (at_once, one_by_one, twice) =
        (dir.path().join("a.duckdb"), dir.path().join("b.duckdb"), dir.path().join("c.duckdb"));
    let files = split_trail(dir.path(), 10);
    let ledger = run(&at_once, &[trail()]);
    assert_eq!((ledger.read, ledger.inserted), (2526, 2526));
    for piece in &files {
        run(&one_by_one, std::slice::from_ref(piece));
    }
    run(&twice, &files[..4]);
    run(&twice, &[trail()]);
    let again = run(&twice, &files);
    assert_eq!((again.inserted, again.case), (0, ledger.case));
    let expected = tables(&at_once);
    assert!(expected.iter().all(|table| table.lines().count() > 50), "a table has too few rows");
    for case in [&one_by_one, &twice] {
        for (found, expected) in tables(case).iter().zip(&expected) {
            assert_eq!(found, expected, "{}", case.display());
        }
    }
}

#[test]
fn session_has_the_same_signals_without_other_sessions() {
    let dir = TempDir::new().unwrap();
    let (whole, alone, path) =
        (dir.path().join("a.duckdb"), dir.path().join("b.duckdb"), dir.path().join("nadia.json"));
    let hers: Vec<Value> =
        records().into_iter().filter(|record| record["userIdentity"]["userName"] == "nadia").collect();
    fs::write(&path, json!({ "Records": hers }).to_string()).unwrap();
    run(&whole, &[trail()]);
    run(&alone, &[path]);
    let signals_of = |case: &Path| rows(case, "SELECT * FROM signals WHERE principal = 'nadia' ORDER BY ALL");
    assert!(signals_of(&whole).lines().count() > 40);
    assert_eq!(signals_of(&alone), signals_of(&whole));
}

#[test]
fn theft_is_described_click_by_click() {
    let dir = TempDir::new().unwrap();
    let case = dir.path().join("case.duckdb");
    let ledger = run(&case, &[trail()]);
    assert_eq!(
        (ledger.case.console_events, ledger.case.explained, ledger.case.residual, ledger.case.typed),
        (507, 507, 0, 5)
    );
    let summaries = rows(
        &case,
        "SELECT summary FROM signals WHERE kind IN ('create', 'delete', 'secret', 'change', 'login') ORDER BY first_time",
    );
    for sentence in [
        "Failed to sign in to the console from 203.0.113.66",
        "Signed in to the console from 203.0.113.66",
        "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup",
        "Retrieved the value of secret warehouse/reader",
        "Stopped logging for trail prod-audit",
    ] {
        assert!(summaries.contains(sentence), "{sentence}:\n{summaries}");
    }
}

#[test]
fn one_click_explains_all_events_of_a_user_list() {
    let dir = TempDir::new().unwrap();
    let case = dir.path().join("case.duckdb");
    run(&case, &[trail()]);
    let users = rows(
        &case,
        "SELECT event_count, confidence > 0.9 AS sure, len(CAST(context->'users' AS VARCHAR[])) AS users,
                (SELECT count(*) FROM event_signal es WHERE es.signal_id = s.signal_id) AS linked
         FROM signals s WHERE rule_id = 'iam/users'",
    );
    assert!(users.contains("| 138         | true | 20    | 138    |"), "{users}");
}
