//! Exports of a case, imports of them, and how other programs open a case.

#![expect(clippy::unwrap_used, reason = "test helpers fail by panicking, like tests")]

mod connect;
mod files;
mod navigator;
mod ocsf;
mod redacted;
mod round_trip;

use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

pub(crate) fn cartographer(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("cartographer").unwrap();
    command.current_dir(dir).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").args(args);
    command
}

/// A folder with the demo case, `case.duckdb`.
pub(crate) fn demo() -> TempDir {
    let dir = TempDir::new().unwrap();
    let trail = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz");
    cartographer(dir.path(), &["load", trail.to_str().unwrap(), "--db", "case.duckdb", "-q"]).assert().code(0);
    dir
}

/// The standard output of a successful command.
pub(crate) fn stdout_of(dir: &Path, args: &[&str]) -> String {
    let assert = cartographer(dir, args).assert().code(0);
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// The rows of a query on a case, as CSV.
pub(crate) fn query(dir: &Path, case: &str, sql: &str) -> String {
    stdout_of(dir, &["sql", "--db", case, "--files", "--format", "csv", sql])
}

/// The names in a folder, sorted.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
