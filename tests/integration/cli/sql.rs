//! `sql`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command as Process, Stdio};

use predicates::prelude::*;
use predicates::str::{contains, is_empty};

use crate::cli::{answer, cartographer, case, demo};

#[test]
fn sql_prints_lists_as_arrays_and_times_in_utc() {
    let query =
        "SELECT session_created AS t, ips, '{\"a\":1}' AS j, now() IS NOT NULL AS n FROM sessions WHERE len(ips) = 2";
    let expected =
        concat!(r#"{"t":"2026-03-02T09:00:00Z","ips":["198.51.100.7","198.51.100.8"],"j":"{\"a\":1}","n":true}"#, "\n");
    assert_eq!(answer(&["sql", "--format", "jsonl", query]), expected);
    assert_eq!(answer(&["sql", "--format", "csv", "SELECT 1 AS a WHERE false"]), "a\n");
}

#[test]
fn sql_is_read_from_file_or_standard_input() {
    let dir = case();
    std::fs::write(dir.path().join("q.sql"), "CREATE TEMP TABLE t AS SELECT 42 AS x;\nSELECT x FROM t;\n").unwrap();
    let args = ["sql", "--db", "case.duckdb", "--format", "csv"];
    cartographer(dir.path(), &args).args(["-f", "q.sql"]).assert().code(0).stdout("x\n42\n");
    cartographer(dir.path(), &args).write_stdin("SELECT 43 AS x").assert().code(0).stdout("x\n43\n");
    cartographer(dir.path(), &args).write_stdin(" \n").assert().code(1).stderr(contains("the query is empty"));
    cartographer(dir.path(), &args).args(["-f", "no.sql"]).assert().code(1).stderr(contains("no.sql"));
    cartographer(dir.path(), &args).args(["-f", "q.sql", "SELECT 1"]).assert().code(2);
}

#[test]
fn sql_changes_the_case_only_with_write_option() {
    let dir = case();
    let delete = ["sql", "--db", "case.duckdb", "--format", "csv", "DELETE FROM sessions"];
    let refused = contains("error: the query would change the case").and(contains("--write"));
    cartographer(dir.path(), &delete).assert().code(1).stdout(is_empty()).stderr(refused);
    cartographer(dir.path(), &delete).arg("--write").assert().code(0).stdout("Count\n3\n");
    let count = ["sql", "--db", "case.duckdb", "--format", "csv", "SELECT count(*) AS n FROM sessions"];
    cartographer(dir.path(), &count).assert().code(0).stdout("n\n0\n");
}

#[test]
fn closed_pipe_is_not_an_error() {
    let dir = case();
    let mut child = Process::new(assert_cmd::cargo::cargo_bin("cartographer"))
        .current_dir(dir.path())
        .args(["sql", "--db", "case.duckdb", "--format", "jsonl", "FROM range(500000)"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, "{\"range\":0}\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

/// The first column of a query's result, without its header.
fn first_column(dir: &Path, query: &str) -> Vec<String> {
    let args = ["sql", "--db", "case.duckdb", "--format", "csv", query];
    let output = cartographer(dir, &args).assert().code(0).get_output().stdout.clone();
    let text = String::from_utf8(output).unwrap();
    text.lines().skip(1).map(|line| line.split(',').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn rows_with_a_time_are_sorted_by_it() {
    let dir = demo();
    for (query, rows) in [
        ("SELECT time FROM timeline", 1000),
        ("SELECT event_time FROM described_events WHERE service = 'iam'", 10),
        ("SELECT event_time FROM findings", 5),
        ("select first_time from sessions -- all", 10),
        ("SELECT first_time FROM first_uses;", 50),
    ] {
        let times = first_column(dir.path(), query);
        assert!(times.len() > rows && times.is_sorted(), "{query}: {} rows", times.len());
    }
    let all = first_column(dir.path(), "SELECT time FROM timeline");
    assert_eq!(
        first_column(dir.path(), "SELECT time FROM timeline LIMIT 3"),
        all[..3],
        "a limit must return the first rows"
    );
    let mut backwards = first_column(dir.path(), "SELECT time FROM timeline ORDER BY time DESC");
    backwards.reverse();
    assert_eq!(backwards, all, "the order in a query must be kept");
    assert_eq!(first_column(dir.path(), "SELECT count(*) FROM timeline"), [all.len().to_string()]);
    let kinds = first_column(dir.path(), "SELECT kind FROM signals GROUP BY kind ORDER BY kind");
    assert!(kinds.len() > 3, "{kinds:?}");
}
