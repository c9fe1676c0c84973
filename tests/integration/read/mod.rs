//! The module `read`: from paths to the text of records.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking, like tests")]

mod athena;
mod containers;
mod formats;
mod ocsf;
mod refused;
mod sources;
mod trails;
mod traps;

use std::fs;
use std::path::{Path, PathBuf};

use cartographer::read::{BadRecord, Container, Document, Refusal, Split, split};
use serde_json::Value;

/// The path of a fixture.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/read").join(name)
}

/// A fixture as a document.
fn document(name: &str) -> Document {
    Document { name: name.to_owned(), text: fs::read(path(name)).unwrap() }
}

/// The result of splitting a document, with parsed records.
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

    /// The position of each record, and the number at the end of its `eventID`, which identifies it in the fixtures.
    fn numbers(&self) -> Vec<(u64, u64)> {
        let number = |record: &Value| record["eventID"].as_str().unwrap().rsplit('-').next().unwrap().parse().unwrap();
        self.records.iter().map(|(position, record)| (*position, number(record))).collect()
    }

    /// The positions and causes of invalid records.
    fn causes(&self) -> Vec<(u64, &str)> {
        self.bad.iter().map(|bad| (bad.position, bad.cause.as_str())).collect()
    }
}

/// The outcome of a fixture.
fn read(name: &str) -> Outcome {
    Outcome::of(split(&document(name)).unwrap())
}

/// The reason why a fixture is refused.
fn refusal(name: &str) -> Refusal {
    split(&document(name)).unwrap_err()
}

/// The first record of nearly every fixture, parsed from a file that contains only this record.
fn first() -> Value {
    serde_json::from_slice(&document("object.json").text).unwrap()
}
