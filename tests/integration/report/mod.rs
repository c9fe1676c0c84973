//! Reports: their content matches the case, and text from logs is escaped in both formats.

#![expect(clippy::unwrap_used, reason = "test helpers fail by panicking, like tests")]

mod cli;
mod content;
mod hostile;
mod html;
mod markdown;
mod page;
mod programs;
mod remedies;

use std::fs;
use std::path::{Path, PathBuf};

use cartographer::event::Timestamp;
use cartographer::export;
use cartographer::load::{LoadOptions, NoProgress, load};
use cartographer::present::report::{Form, Report, ReportMetadata, Scope, write};
use cartographer::read;
use cartographer::rule::RuleSet;
use cartographer::store::Case;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A case, and the folder that contains it.
pub(crate) struct Loaded {
    pub(crate) case: Case,
    _folder: TempDir,
}

impl Loaded {
    fn new(folder: TempDir, trail: &Path) -> Self {
        let path = folder.path().join("case.duckdb");
        let inputs = vec![trail.to_str().unwrap().to_owned()];
        let options = LoadOptions { inputs, case: path.clone(), ..LoadOptions::default() };
        load(&options, &RuleSet::shipped().unwrap(), &NoProgress).unwrap();
        Self { case: Case::open_read_only(&path).unwrap(), _folder: folder }
    }

    /// The single number that a query returns.
    pub(crate) fn number(&self, sql: &str) -> u64 {
        let batches = self.case.query(&format!("SELECT CAST(({sql}) AS VARCHAR) AS n")).unwrap();
        let column = batches[0].column_by_name("n").unwrap().clone();
        arrow::array::AsArray::as_string::<i32>(&column).value(0).parse().unwrap()
    }
}

pub(crate) fn trail() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz")
}

/// The demo case.
pub(crate) fn demo() -> Loaded {
    Loaded::new(TempDir::new().unwrap(), &trail())
}

/// The demo case, loaded from a trail in which these texts were replaced.
pub(crate) fn demo_with(changes: &[(&str, &str)]) -> Loaded {
    let source = read::discover(&[trail().to_str().unwrap().to_owned()]).sources.remove(0);
    let document = read::open(&source).unwrap().documents.remove(0);
    let trail: Value = serde_json::from_slice(&document.text).unwrap();
    let records: Vec<Value> =
        trail["Records"].as_array().unwrap().iter().map(|record| replaced(record, changes)).collect();
    loaded(&records)
}

/// A case with these records.
pub(crate) fn loaded(records: &[Value]) -> Loaded {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("trail.json");
    fs::write(&path, json!({ "Records": records }).to_string()).unwrap();
    Loaded::new(folder, &path)
}

fn replaced(value: &Value, changes: &[(&str, &str)]) -> Value {
    match value {
        Value::String(text) => {
            Value::String(changes.iter().fold(text.clone(), |text, (from, to)| text.replace(from, to)))
        }
        Value::Array(items) => items.iter().map(|item| replaced(item, changes)).collect(),
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), replaced(value, changes))).collect(),
        other => other.clone(),
    }
}

/// A report with a constant time of creation.
pub(crate) fn report(loaded: &Loaded, scope: Scope) -> Report {
    let command = ["cartographer", "report", "--db", "it's a case.duckdb"].map(str::to_owned).into();
    let making = ReportMetadata {
        at: Timestamp(1_773_300_000_000_000),
        version: "0.0.0".to_owned(),
        command,
        ..ReportMetadata::default()
    };
    export::report(&loaded.case, Scope { case: "it's a case.duckdb".to_owned(), ..scope }, making).unwrap()
}

/// A scope with only the sessions of an identity.
pub(crate) fn only(principal: &str) -> Scope {
    Scope { principals: vec![principal.to_owned()], ..Scope::default() }
}

pub(crate) fn shown(report: &Report, form: Form) -> String {
    let mut out = Vec::new();
    write(&mut out, report, form).unwrap();
    String::from_utf8(out).unwrap()
}
