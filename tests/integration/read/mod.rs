//! The room `read`, through its public interface: from paths to record texts.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking, as tests do")]

mod athena;
mod containers;
mod field;
mod ocsf;
mod refused;
mod sources;
mod trails;
mod traps;

use std::fs;
use std::path::{Path, PathBuf};

use cartographer::read::{BadRecord, Container, Document, Refusal, Split, split};
use serde_json::Value;

/// A fixture's path.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/read").join(name)
}

/// A fixture as a document.
fn document(name: &str) -> Document {
    Document { name: name.to_owned(), text: fs::read(path(name)).unwrap() }
}

/// What a document came to, with its records parsed.
#[derive(Debug)]
struct Outcome {
    container: Container,
    records: Vec<(u64, Value)>,
    bad: Vec<BadRecord>,
}

impl Outcome {
    fn of(split: Split<'_>) -> Self {
        let mut outcome = Self { container: split.container, records: Vec::new(), bad: Vec::new() };
        for record in split.records {
            match record {
                Ok(record) => outcome.records.push((record.position, serde_json::from_str(&record.json).unwrap())),
                Err(bad) => outcome.bad.push(bad),
            }
        }
        outcome
    }

    /// Position and the number at the end of `eventID`, by which the fixtures count their events.
    fn numbers(&self) -> Vec<(u64, u64)> {
        let number = |record: &Value| record["eventID"].as_str().unwrap().rsplit('-').next().unwrap().parse().unwrap();
        self.records.iter().map(|(position, record)| (*position, number(record))).collect()
    }

    /// Positions and causes of what is no record.
    fn causes(&self) -> Vec<(u64, &str)> {
        self.bad.iter().map(|bad| (bad.position, bad.cause.as_str())).collect()
    }
}

/// A fixture's outcome.
fn read(name: &str) -> Outcome {
    Outcome::of(split(&document(name)).unwrap())
}

/// Why a fixture is refused.
fn refusal(name: &str) -> Refusal {
    split(&document(name)).unwrap_err()
}

/// The first record of nearly every fixture, parsed from a file that holds nothing else.
fn first() -> Value {
    serde_json::from_slice(&document("object.json").text).unwrap()
}
