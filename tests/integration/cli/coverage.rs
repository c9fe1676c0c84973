//! `coverage`.

use duckdb::Connection;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use tempfile::TempDir;

use crate::cli::{cartographer, case};

/// Alice has two clicks on known pages, a visit, a generic change, a command, a background signal, and an event without
/// a signal. Eve has one event, without a signal. The program has no row.
const EVENTS: &str = "
    DELETE FROM event_signal; DELETE FROM signals; DELETE FROM events;
    INSERT INTO events (event_id, session_id, service, client) VALUES
        ('e1', 'aaaaaaaabbbb0001', 'iam', 'internal'), ('e2', 'aaaaaaaabbbb0001', 'iam', 'internal'),
        ('e3', 'aaaaaaaabbbb0001', 'iam', 'internal'), ('e4', 'aaaaaaaabbbb0001', 's3', 'console'),
        ('e5', 'aaaaaaaabbbb0001', 's3', 'console'), ('e6', 'aaaaaaaabbbb0001', 's3', 'cli'),
        ('e7', 'aaaaaaaabbbb0002', 's3', 'console'), ('e8', 'cccccccc', 's3', 'sdk'),
        ('e9', 'aaaaaaaabbbb0001', 's3', 'console');
    INSERT INTO signals (signal_id, session_id, service, kind, origin, confidence) VALUES
        ('l', 'aaaaaaaabbbb0001', 'iam', 'list', 'exact', 1), ('k', 'aaaaaaaabbbb0001', 'iam', 'view', 'inferred', 0.7),
        ('b', 'aaaaaaaabbbb0001', 's3', 'background', 'exact', 1), ('v', 'aaaaaaaabbbb0001', 's3', 'view', 'service', 0.4),
        ('c', 'aaaaaaaabbbb0001', 's3', 'command', 'service', 0.9), ('d', 'aaaaaaaabbbb0001', 's3', 'delete', 'service', 0.9);
    INSERT INTO event_signal VALUES ('e1', 'l', 'anchor'), ('e2', 'k', 'anchor'), ('e4', 'b', 'anchor'),
        ('e5', 'v', 'anchor'), ('e6', 'c', 'anchor'), ('e9', 'd', 'anchor')";

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
fn services_with_the_most_unknown_pages_are_listed_first() {
    let expected = "service,clicks,on_known_page,high_confidence,mean_confidence,visits,generic_changes,commands,\
        console_events,background_events,unexplained_events\n\
        s3,3,0,0,,1,1,1,4,1,1\n\
        iam,2,2,1,0.85,0,0,0,3,0,1\n";
    assert_eq!(csv(&["--by", "service"]), expected);
    let of_eve = csv(&["--by", "service", "--session", "aaaaaaaabbbb0002"]);
    assert_eq!(of_eve.lines().nth(1), Some("s3,0,0,0,,0,0,0,1,0,1"));
    assert_eq!(of_eve.lines().count(), 2);
}

#[test]
fn sessions_are_counted_with_their_ids_and_names() {
    let lines = csv(&[]);
    let rows: Vec<&str> = lines.lines().skip(1).collect();
    let expected = [
        "aaaaaaaabbbb0001,alice,111122223333,5,2,1,0.85,1,1,1,6,1,1",
        "aaaaaaaabbbb0002,Admin/eve\\u{1b}[31m,111122223333,0,0,0,,0,0,0,1,0,1",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn table_ends_with_the_total() {
    let dir = counted_case();
    let output = cartographer(dir.path(), &["coverage", "--db", "case.duckdb"]).output().unwrap().stdout;
    let table = String::from_utf8(output).unwrap();
    let last = table.lines().rfind(|line| line.contains("total")).unwrap();
    let cells: Vec<&str> =
        last.split(|char: char| !char.is_alphanumeric() && char != '.').filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells, ["total", "5", "2", "1", "0.85", "1", "1", "1", "7", "1", "2"]);
}

#[test]
fn empty_result_is_reported() {
    let dir = case();
    let mut command = cartographer(dir.path(), &["coverage", "--db", "case.duckdb", "--session", "' OR true --"]);
    command.assert().code(0).stdout(contains("total").not()).stderr(contains("no console events to count"));
}
