//! Reports: what they say is what the case holds, and no text from logs acts in either form.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod cli;
mod content;
mod ended;
mod hostile;
mod html;
mod markdown;
mod page;
mod programs;

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

/// A case in a folder that lasts as long as it.
pub(crate) struct Loaded {
    pub(crate) case: Case,
    _folder: TempDir,
}

impl Loaded {
    fn of(folder: TempDir, trail: &Path) -> Self {
        let path = folder.path().join("case.duckdb");
        let inputs = vec![trail.to_str().unwrap().to_owned()];
        let options = LoadOptions { inputs, case: path.clone(), ..LoadOptions::default() };
        load(&options, &RuleSet::shipped().unwrap(), &NoProgress).unwrap();
        Self { case: Case::open_read_only(&path).unwrap(), _folder: folder }
    }

    /// The one number that a query gives.
    pub(crate) fn number(&self, sql: &str) -> u64 {
        let batches = self.case.query(&format!("SELECT CAST(({sql}) AS VARCHAR) AS n")).unwrap();
        let column = batches[0].column_by_name("n").unwrap().clone();
        arrow::array::AsArray::as_string::<i32>(&column).value(0).parse().unwrap()
    }
}

pub(crate) fn trail() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/trail.json.gz")
}

/// The demo's case.
pub(crate) fn demo() -> Loaded {
    Loaded::of(TempDir::new().unwrap(), &trail())
}

/// The demo's case, where these texts stand in place of those wherever they were in the trail.
pub(crate) fn demo_with(changes: &[(&str, &str)]) -> Loaded {
    let source = read::discover(&[trail().to_str().unwrap().to_owned()]).sources.remove(0);
    let document = read::open(&source).unwrap().documents.remove(0);
    let trail: Value = serde_json::from_slice(&document.text).unwrap();
    let records: Vec<Value> =
        trail["Records"].as_array().unwrap().iter().map(|record| changed(record, changes)).collect();
    loaded(&records)
}

/// A case of these records.
pub(crate) fn loaded(records: &[Value]) -> Loaded {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("trail.json");
    fs::write(&path, json!({ "Records": records }).to_string()).unwrap();
    Loaded::of(folder, &path)
}

fn changed(value: &Value, changes: &[(&str, &str)]) -> Value {
    match value {
        Value::String(text) => {
            Value::String(changes.iter().fold(text.clone(), |text, (from, to)| text.replace(from, to)))
        }
        Value::Array(items) => items.iter().map(|item| changed(item, changes)).collect(),
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), changed(value, changes))).collect(),
        other => other.clone(),
    }
}

/// A report made at a moment that never changes.
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

/// Only the sessions of that identity.
pub(crate) fn only(principal: &str) -> Scope {
    Scope { principals: vec![principal.to_owned()], ..Scope::default() }
}

pub(crate) fn shown(report: &Report, form: Form) -> String {
    let mut out = Vec::new();
    write(&mut out, report, form).unwrap();
    String::from_utf8(out).unwrap()
}
