//! Converts rows of tables back to records: rows from the table that AWS's Athena statement creates for a trail, from
//! CloudTrail Lake, and from other tools' tables, which spell names differently and convert objects to text.

use serde_json::{Map, Value};

use super::error::Refusal;
use super::literals;
use super::names::{self, Column, NESTED, OPEN};
use super::structs;

/// The member for columns that do not match any member of a record.
pub(super) const OTHER_COLUMNS: &str = "otherColumns";

/// Members that are unquoted booleans in a record.
const BOOLEANS: [&str; 2] = ["readOnly", "managementEvent"];
/// Members that are quoted booleans in a record.
const QUOTED: [&str; 2] = ["userIdentity.sessionContext.attributes.mfaAuthenticated", "sessionCredentialFromConsole"];

/// What to do with columns that do not match any member of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    /// They are partition columns, which repeat information from the record.
    Dropped,
    /// They are kept under [`OTHER_COLUMNS`].
    Aside,
    /// They are members of the record.
    InPlace,
}

/// The record in a row's text, as JSON.
///
/// # Errors
/// [`Refusal::BrokenJson`]
pub(super) fn record(text: &str) -> Result<String, Refusal> {
    let row: Map<String, Value> = serde_json::from_str(text).map_err(|error| Refusal::BrokenJson(error.to_string()))?;
    Ok(Value::Object(restored(row)).to_string())
}

/// The record in a text whose top level has CloudTrail's names, but strings instead of objects, or names with dots.
pub(super) fn flattened(text: &str) -> Result<String, Refusal> {
    let row: Map<String, Value> = serde_json::from_str(text).map_err(|error| Refusal::BrokenJson(error.to_string()))?;
    let is_flat = !row.contains_key("userIdentity");
    let row = if is_flat { named(row, Others::InPlace) } else { row };
    Ok(Value::Object(opened(row)).to_string())
}

/// Whether an object has the members of a record with different names.
pub(super) fn is_row(object: &Map<String, Value>) -> bool {
    !object.contains_key("eventName") && is_row_of(object.keys().map(String::as_str))
}

/// Whether the names are the columns of an event table: call, service, and time or ID.
pub(super) fn is_row_of<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let (mut own, mut alias) = ([false; 2], [false; 2]);
    let (mut is_event, mut is_ours) = (false, false);
    for name in names {
        is_ours |= name.contains("cloudtrail");
        match names::column(name) {
            Column::Own("eventName") => own[0] = true,
            Column::Own("eventSource") => own[1] = true,
            Column::Alias("eventName") => alias[0] = true,
            Column::Alias("eventSource") => alias[1] = true,
            Column::Own("eventTime" | "eventID" | "eventVersion" | "userIdentity") | Column::Alias("eventTime") => {
                is_event = true;
            }
            _ => {}
        }
    }
    // Names that other logs also use count only in combination with names that only CloudTrail uses.
    let is_there = |at: usize| own[at] || (is_ours && alias[at]);
    // Rows in Athena's table may have few other columns.
    is_there(0) && is_there(1) && is_event
}

/// The original record of a row.
pub(super) fn restored(row: Map<String, Value>) -> Map<String, Value> {
    let others = if row.contains_key("eventname") { Others::Dropped } else { Others::Aside };
    named(row, others)
}

fn named(row: Map<String, Value>, others: Others) -> Map<String, Value> {
    let mut record = Map::new();
    let (mut within, mut aliases, mut rest) = (Vec::new(), Vec::new(), Map::new());
    // A partial record has only its own members, empty or not; a table also has empty cells for members that a record does
    // not have.
    let is_said = |value: &Value| !value.is_null() && (others == Others::InPlace || !is_empty(value));
    for (column, value) in row.into_iter().filter(|(_, value)| is_said(value)) {
        match names::column(&column) {
            Column::Own(path) => set(&mut record, path, value),
            Column::Within(member, inner) => within.push((member, inner.to_owned(), value)),
            // Partition columns have names like these.
            Column::Alias(_) if others == Others::Dropped => {}
            Column::Alias(path) => aliases.push((path, column, value)),
            Column::Unknown => drop(rest.insert(column, value)),
        }
    }
    for (member, inner, value) in within {
        put(&mut record, &format!("{member}.{inner}"), value);
    }
    for (path, column, value) in aliases {
        if has(&record, path) || is_empty(&value) {
            rest.insert(column, value);
        } else {
            set(&mut record, path, value);
        }
    }
    match others {
        Others::Dropped => {}
        Others::InPlace => {
            for (name, value) in rest {
                record.entry(name).or_insert(value);
            }
        }
        Others::Aside if rest.is_empty() => {}
        Others::Aside => drop(record.insert(OTHER_COLUMNS.to_owned(), Value::Object(rest))),
    }
    record
}

/// The record with objects parsed from strings; other strings stay unchanged.
pub(super) fn opened(mut record: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in &mut record {
        if OPEN.contains(&name.as_str()) {
            open(value);
        } else if NESTED.contains(&name.as_str()) && value.is_string() {
            let mut text = value.take();
            *value = if open(&mut text) { nested(name, text) } else { text };
        }
    }
    record
}

/// Replaces a string with the value in it. Returns whether there was one.
fn open(value: &mut Value) -> bool {
    let Some(text) = value.as_str().map(str::trim) else { return false };
    let opened = if text == "null" {
        Some(Value::Null)
    } else if text.starts_with(['{', '[']) {
        serde_json::from_str(text).ok().or_else(|| structs::parse(text)).or_else(|| literals::parse(text))
    } else {
        None
    };
    let found = opened.is_some();
    if let Some(opened) = opened {
        *value = opened;
    }
    found
}

/// Sets a member of the record, unless it is already set.
pub(super) fn set(record: &mut Map<String, Value>, path: &'static str, mut value: Value) {
    if OPEN.contains(&path) {
        open(&mut value);
    } else if NESTED.contains(&path) {
        open(&mut value);
        if value.is_null() {
            return;
        }
        value = nested(path, value);
    } else if BOOLEANS.contains(&path) {
        value = truth(value);
    } else if QUOTED.contains(&path)
        && let Some(truth) = value.as_bool()
    {
        value = Value::String(truth.to_string());
    }
    put(record, path, value);
}

/// Sets the member at a path of objects, unless it already exists. Objects are merged.
pub(super) fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        Some((first, rest)) => {
            let inner = object.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
        None => match (object.get_mut(path), value) {
            (Some(Value::Object(own)), Value::Object(more)) => {
                more.into_iter().for_each(|(name, value)| put_one(own, name, value));
            }
            (Some(_), _) => {}
            (None, value) => drop(object.insert(path.to_owned(), value)),
        },
    }
}

fn put_one(object: &mut Map<String, Value>, name: String, value: Value) {
    object.entry(name).or_insert(value);
}

/// Whether the record has a value at this path.
pub(super) fn has(record: &Map<String, Value>, path: &str) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let value = record.get(first);
    let value = rest.split('.').filter(|name| !name.is_empty()).fold(value, |value, name| value?.get(name));
    value.is_some_and(|value| !is_empty(value))
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// Parses a boolean from text.
fn truth(value: Value) -> Value {
    let word = value.as_str().map(str::to_ascii_lowercase);
    word.and_then(|word| word.parse().ok()).map_or(value, Value::Bool)
}

fn nested(name: &str, value: Value) -> Value {
    if name == "resources" { resources(value) } else { renamed(value) }
}

/// A struct with the names of a record, without NULL values.
fn renamed(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let name = |name: String| names::inner(&name).map_or(name, str::to_owned);
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(members.map(|(member, value)| inner(name(member), value)).collect())
}

fn inner(name: String, value: Value) -> (String, Value) {
    let value = match value {
        Value::Bool(truth) if name == "mfaAuthenticated" => Value::String(truth.to_string()),
        value => renamed(value),
    };
    (name, value)
}

/// `resources`, where only `ARN` is in uppercase.
fn resources(value: Value) -> Value {
    let Value::Array(items) = value else { return value };
    let upper = |(name, value): (String, Value)| (if name == "arn" { "ARN".to_owned() } else { name }, value);
    let item = |item: Value| match renamed(item) {
        Value::Object(members) => Value::Object(members.into_iter().map(upper).collect()),
        other => other,
    };
    items.into_iter().map(item).collect()
}
