//! What is said when something is wrong.

use duckdb::Connection;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use tempfile::TempDir;

use crate::{cartographer, case};

#[test]
fn errors_name_the_cause_and_the_next_step() {
    let dir = case();
    let missing =
        contains("error: the case no.duckdb does not exist").and(contains("cartographer load PATH --db no.duckdb"));
    cartographer(dir.path(), &["timeline", "--db", "no.duckdb"]).assert().code(1).stdout(is_empty()).stderr(missing);
    assert!(!dir.path().join("no.duckdb").exists());
    std::fs::write(dir.path().join("other.duckdb"), "not a database at all").unwrap();
    let other = contains("error: cannot open other.duckdb").and(contains("caused by: "));
    cartographer(dir.path(), &["sessions", "--db", "other.duckdb"]).assert().code(1).stderr(other);
    let broken = contains("error: the query failed").and(contains("syntax error"));
    cartographer(dir.path(), &["sql", "--db", "case.duckdb", "selec 1"]).assert().code(1).stderr(broken);
    Connection::open(dir.path().join("empty.duckdb")).unwrap();
    let empty = contains("empty.duckdb is not a cartographer case");
    cartographer(dir.path(), &["timeline", "--db", "empty.duckdb"]).assert().code(1).stderr(empty);
}

#[test]
fn an_error_cannot_drive_the_terminal() {
    let dir = case();
    let escaped = contains("\\u{1b}[31m").and(contains("\u{1b}").not());
    cartographer(dir.path(), &["sql", "--db", "case.duckdb", "FROM \"\u{1b}[31m\""]).assert().code(1).stderr(escaped);
}

#[test]
fn usage_errors_are_two_and_help_is_fine() {
    let dir = TempDir::new().unwrap();
    for wrong in [&["frob"][..], &[], &["timeline"], &["timeline", "--db", "x", "--kind", "frob"], &["-q", "-v", "man"]]
    {
        cartographer(dir.path(), wrong).assert().code(2).stdout(is_empty());
    }
    let moment = contains("YYYY-MM-DD[ HH:MM[:SS]]");
    cartographer(dir.path(), &["timeline", "--db", "x", "--from", "yesterday"]).assert().code(2).stderr(moment);
    cartographer(dir.path(), &["--help"]).assert().code(0).stdout(contains("4  partial success")).stderr(is_empty());
    let version = format!("cartographer {}\n", env!("CARGO_PKG_VERSION"));
    cartographer(dir.path(), &["--version"]).assert().code(0).stdout(version);
}

#[test]
fn quiet_says_nothing_and_verbose_counts_rows() {
    let dir = case();
    let args = ["timeline", "--db", "case.duckdb", "--session", "zzz"];
    cartographer(dir.path(), &args).arg("-q").assert().code(0).stdout(is_empty()).stderr(is_empty());
    let sql = ["sql", "--db", "case.duckdb", "-v", "FROM sessions"];
    cartographer(dir.path(), &sql).assert().code(0).stderr("3 rows\n");
}

#[test]
fn a_load_of_nothing_fails() {
    let dir = TempDir::new().unwrap();
    let failed = contains("error: no file was found").and(contains("no.json"));
    cartographer(dir.path(), &["load", "no.json", "--db", "case.duckdb"])
        .assert()
        .code(1)
        .stdout(is_empty())
        .stderr(failed);
    cartographer(dir.path(), &["load", "--db", "case.duckdb"]).assert().code(2);
    cartographer(dir.path(), &["load", "x", "--db", "case.duckdb", "--threads", "0"]).assert().code(2);
    std::fs::create_dir(dir.path().join("empty")).unwrap();
    let none = contains("error: no file was found").and(contains("or - for standard input"));
    cartographer(dir.path(), &["load", "empty", "--db", "case.duckdb", "-q"]).assert().code(1).stderr(none);
}
