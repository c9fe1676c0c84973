//! The command-line interface: standard output, standard error, and exit codes.

#![expect(clippy::unwrap_used, reason = "test helpers fail by panicking, like tests")]

mod addresses;
mod cases;
mod coverage;
mod demo;
mod errors;
mod explain;
mod hunt;
mod learn;
mod load;
mod mcp;
mod memory;
mod reading;
mod rules;
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

/// A folder with the demo case.
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

/// The standard output of a subcommand on the test case, with nothing on standard error.
pub(crate) fn answer(args: &[&str]) -> String {
    let dir = case();
    let mut command = cartographer(dir.path(), args);
    let assert = command.args(["--db", "case.duckdb"]).assert().code(0).stderr(is_empty());
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}
