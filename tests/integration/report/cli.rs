//! The subcommand: the destination and format of a report.

use std::fs;

use assert_cmd::Command;
use predicates::str::contains;
use tempfile::TempDir;

use crate::report::trail;

/// A folder with the demo case.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    run(&folder, &["load", trail().to_str().unwrap(), "--db", "case.duckdb", "-q"]).assert().code(0);
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("cartographer").unwrap();
    command.current_dir(folder.path()).args(args);
    command
}

#[test]
fn extension_selects_format_and_existing_file_is_kept() {
    let folder = folder();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let report = ["report", "--db", "case.duckdb", "--principal", "nadia", "-o"];
    run(&folder, &[&report[..], &["a.html"]].concat()).assert().code(0);
    assert!(read("a.html").starts_with("<!DOCTYPE html><html lang=\"en\">"));
    run(&folder, &[&report[..], &["a.md"]].concat()).assert().code(0);
    assert!(read("a.md").starts_with("# Activity in AWS: console and API\n\nnadia · 2026-03-11"));
    assert!(read("a.md").contains("`cartographer report --db case.duckdb --principal nadia -o a.md`"));
    run(&folder, &[&report[..], &["a.txt", "--format", "md"]].concat()).assert().code(0);
    assert!(read("a.txt").starts_with("# Activity"));
    fs::write(folder.path().join("a.md"), "mine").unwrap();
    run(&folder, &[&report[..], &["a.md"]].concat()).assert().code(1).stderr(contains("a.md already exists"));
    assert_eq!(read("a.md"), "mine");
    run(&folder, &[&report[..], &["a.md", "--force"]].concat()).assert().code(0);
    assert!(read("a.md").starts_with("# Activity"));
}

#[test]
fn report_without_file_goes_to_standard_output() {
    let folder = folder();
    run(&folder, &["report", "--db", "case.duckdb"]).assert().code(0).stdout(contains("<title>Activity in AWS"));
    let dash = ["report", "--db", "case.duckdb", "--format", "md", "-o", "-"];
    run(&folder, &dash).assert().code(0).stdout(contains("# Activity in AWS"));
    assert!(!folder.path().join("-").exists());
}

#[test]
fn unknown_session_error_and_nothing_is_written() {
    let folder = folder();
    let nobody = ["report", "--db", "case.duckdb", "--session", "ffff", "-o", "a.html"];
    let message = "no session matches\n  `cartographer sessions --all` lists the sessions in the case";
    run(&folder, &nobody).assert().code(1).stderr(contains(message));
    assert!(!folder.path().join("a.html").exists());
    let early = ["report", "--db", "case.duckdb", "--to", "2026-03-11"];
    run(&folder, &early).assert().code(1).stderr(contains("no session matches"));
}
