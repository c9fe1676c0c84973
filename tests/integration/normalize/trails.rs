//! Trails that others recorded, if they are in `../shared`.

use std::path::{Path, PathBuf};

use cartographer::normalize;
use serde_json::Value;

#[test]
fn records_of_shared_trails_can_be_rebuilt() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if !root.is_dir() {
        return;
    }
    let (mut events, mut refused) = (0, Vec::new());
    for record in files(&root).iter().flat_map(|file| records(file)) {
        match normalize::event(&record.to_string(), "") {
            Ok(event) => {
                assert_eq!(Value::Object(normalize::rebuild(&event).unwrap()), record);
                events += 1;
            }
            Err(error) => refused.push(error.problem),
        }
    }
    assert!(events > 7000, "{events} events");
    let known =
        |problem: &normalize::Problem| matches!(problem, normalize::Problem::Unreadable { member: "eventTime", .. });
    assert!(refused.iter().all(known), "{refused:?}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The records in a file of JSON values, at any depth.
fn records(file: &Path) -> Vec<Value> {
    let Ok(text) = std::fs::read_to_string(file) else { return Vec::new() };
    let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>().map_while(Result::ok);
    let mut found = Vec::new();
    values.for_each(|value| collect(value, &mut found));
    found
}

fn collect(value: Value, found: &mut Vec<Value>) {
    let is_record = value.get("eventTime").or(value.get("@timestamp")).is_some() && value.get("eventName").is_some();
    match value {
        value if is_record => found.push(value),
        Value::Object(members) => members.into_iter().for_each(|(_, inner)| collect(inner, found)),
        Value::Array(items) => items.into_iter().for_each(|inner| collect(inner, found)),
        Value::String(text) => {
            if let Ok(inner @ Value::Object(_)) = serde_json::from_str(&text) {
                collect(inner, found);
            }
        }
        _ => {}
    }
}
