//! Every view and every hunt returns what the sqllogictest file with its name states: `views/NAME.slt`, `hunts/NAME.slt`.
//!
//! A file starts with an empty case and fills it with rows, or with events read from records (see [`database`]).
//! `UPDATE=1` writes the results to the files, for a person to review.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cells;
mod database;

use std::path::{Path, PathBuf};

use futures::executor::block_on;
use sqllogictest::harness::{Arguments, Failed, Trial, glob, run};
use sqllogictest::{Runner, default_normalizer, default_validator, strict_column_validator};

use database::TestDatabase;

fn files() -> Vec<PathBuf> {
    let pattern = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sql/**/*.slt");
    glob(pattern).unwrap().map(Result::unwrap).collect()
}

/// Runs a file against a separate case, and checks every statement, every result and its column types exactly.
fn check(file: &Path) -> Result<(), Failed> {
    let mut runner = Runner::new(|| async { Ok(TestDatabase::new()) });
    runner.with_column_validator(strict_column_validator);
    if std::env::var_os("UPDATE").is_some() {
        let (check, tidy, types) = (default_validator, default_normalizer, strict_column_validator);
        block_on(runner.update_test_file(file, "\t", check, tidy, types)).map_err(|error| error.to_string())?;
    } else {
        runner.run_file(file)?;
    }
    Ok(())
}

fn main() {
    let trial = |file: PathBuf| {
        let below = file.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sql")).unwrap();
        Trial::test(below.with_extension("").display().to_string(), move || check(&file))
    };
    let trials: Vec<Trial> = files().into_iter().map(trial).collect();
    assert!(!trials.is_empty(), "no sqllogictest file was found");
    run(&Arguments::from_args(), trials).exit();
}
