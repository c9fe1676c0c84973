//! A case on its way out and in again: exports, imports, and how other programs open it.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

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

/// A folder with the demo's case in it, `case.duckdb`.
pub(crate) fn demo() -> TempDir {
    let dir = TempDir::new().unwrap();
    let trail = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz");
    cartographer(dir.path(), &["load", trail.to_str().unwrap(), "--db", "case.duckdb", "-q"]).assert().code(0);
    dir
}

/// What a command that succeeds writes to standard output.
pub(crate) fn answer(dir: &Path, args: &[&str]) -> String {
    let assert = cartographer(dir, args).assert().code(0);
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// The rows of a query on a case.
pub(crate) fn ask(dir: &Path, case: &str, sql: &str) -> String {
    answer(dir, &["sql", "--db", case, "--files", "--format", "csv", sql])
}

/// The names in a folder, sorted.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
