//! The program as its user meets it: what goes where, and with which exit code.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod addresses;
mod cases;
mod coverage;
mod demo;
mod explain;
mod failing;
mod hunt;
mod learn;
mod load;
mod mcp;
mod memory;
mod reading;
mod rest;
mod sigma;
mod sql;

use std::path::Path;

use assert_cmd::Command;
use cartographer::store::Case;
use duckdb::Connection;
use predicates::str::is_empty;
use tempfile::TempDir;

/// A folder with `case.duckdb` in it.
pub(crate) fn case() -> TempDir {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("case.duckdb");
    drop(Case::open(&path).unwrap());
    Connection::open(&path).unwrap().execute_batch(include_str!("../../fixtures/case.sql")).unwrap();
    dir
}

/// A folder with the demo's case in it.
pub(crate) fn demo() -> TempDir {
    let dir = TempDir::new().unwrap();
    let trail = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz");
    cartographer(dir.path(), &["load", trail.to_str().unwrap(), "--db", "case.duckdb", "-q"]).assert().code(0);
    dir
}

pub(crate) fn cartographer(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("cartographer").unwrap();
    command.current_dir(dir).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").args(args);
    command
}

/// What a subcommand that reads the case writes to standard output, having said nothing else.
pub(crate) fn answer(args: &[&str]) -> String {
    let dir = case();
    let mut command = cartographer(dir.path(), args);
    let assert = command.args(["--db", "case.duckdb"]).assert().code(0).stderr(is_empty());
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}
