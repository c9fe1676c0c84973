//! `coverage`.

use duckdb::Connection;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use tempfile::TempDir;

use crate::{cartographer, case};

/// Of alice's five console events three are explained, and eve's only one is not; one call of alice's was typed.
const EVENTS: &str = "
    INSERT INTO events (event_id, session_id, service, client) VALUES
        ('e1', 'aaaaaaaabbbb0001', 'iam', 'internal'), ('e2', 'aaaaaaaabbbb0001', 'iam', 'internal'),
        ('e3', 'aaaaaaaabbbb0001', 'iam', 'internal'), ('e4', 'aaaaaaaabbbb0001', 's3', 'console'),
        ('e5', 'aaaaaaaabbbb0001', 's3', 'console'), ('e6', 'aaaaaaaabbbb0001', 's3', 'cli'),
        ('e7', 'aaaaaaaabbbb0002', 's3', 'console'), ('e8', 'cccccccc', 's3', 'sdk');
    INSERT INTO signals (signal_id, kind, origin) VALUES
        ('l', 'list', 'letter'), ('k', 'view', 'likeness'), ('b', 'background', 'letter');
    INSERT INTO event_signal VALUES ('e1', 'l', 'anchor'), ('e2', 'k', 'anchor'), ('e4', 'b', 'anchor')";

fn counted_case() -> TempDir {
    let dir = case();
    Connection::open(dir.path().join("case.duckdb")).unwrap().execute_batch(EVENTS).unwrap();
    dir
}

fn csv(args: &[&str]) -> String {
    let dir = counted_case();
    let mut command = cartographer(dir.path(), &["coverage", "--db", "case.duckdb", "--format", "csv"]);
    let assert = command.args(args).assert().code(0).stderr(is_empty());
    String::from_utf8(assert.get_output().stdout.clone()).unwrap().replace('\r', "")
}

#[test]
fn services_are_counted_the_least_explained_first() {
    let expected = "service,console_events,letter,likeness,generic,background,unexplained,share,commands\n\
        s3,3,0,0,0,1,2,0.3333,1\n\
        iam,3,1,1,0,0,1,0.6667,0\n";
    assert_eq!(csv(&["--by", "service"]), expected);
    let of_eve = csv(&["--by", "service", "--session", "aaaaaaaabbbb0002"]);
    assert_eq!(of_eve.lines().nth(1), Some("s3,1,0,0,0,0,1,0.0,0"));
    assert_eq!(of_eve.lines().count(), 2);
}

#[test]
fn sessions_are_counted_by_their_ids_and_names() {
    let lines = csv(&[]);
    let rows: Vec<&str> = lines.lines().skip(1).collect();
    let expected = [
        "aaaaaaaabbbb0001,alice,111122223333,5,1,1,0,1,2,0.6,1",
        "aaaaaaaabbbb0002,Admin/eve\\u{1b}[31m,111122223333,1,0,0,0,0,1,0.0,0",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_table_ends_with_the_total() {
    let dir = counted_case();
    let output = cartographer(dir.path(), &["coverage", "--db", "case.duckdb"]).output().unwrap().stdout;
    let table = String::from_utf8(output).unwrap();
    let last = table.lines().rfind(|line| line.contains("total")).unwrap();
    let cells: Vec<&str> =
        last.split(|char: char| !char.is_alphanumeric() && char != '.').filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells, ["total", "6", "1", "1", "0", "1", "3", "0.5", "1"]);
}

#[test]
fn nothing_to_count_is_said() {
    let dir = case();
    let mut command = cartographer(dir.path(), &["coverage", "--db", "case.duckdb", "--session", "' OR true --"]);
    command.assert().code(0).stdout(contains("total").not()).stderr(contains("no console event to count"));
}
