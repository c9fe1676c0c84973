//! Converts rows from an exported `events` table back to the original records.

use serde_json::{Map, Value};

use super::athena::{has, put};
use super::clock;
use crate::json;
use crate::table::{ColumnKind, EVENTS};

/// Columns that identify this table in combination.
const TELLING: [&str; 4] = ["event_id", "event_time", "event_key", "session_id"];
/// Columns whose booleans are quoted in a record.
const QUOTED: [&str; 3] = ["mfa", "assumed_root", "session_credential_from_console"];
/// The member that contains the source and name of an Insights event.
const INSIGHT: &str = "insightDetails";
/// The member in which Logstash stores the time.
const SHIPPED: &str = "@timestamp";
/// The position of the version in the text of a UUID; derived IDs have version 8.
const VERSION: usize = 14;

/// Whether the names are the columns of `events`.
pub(super) fn is_row_of(names: &[&str]) -> bool {
    TELLING.iter().all(|name| names.contains(name))
}

/// The original record of the row, as JSON; `None` if the row does not contain a record.
pub(super) fn record(text: &str) -> Option<String> {
    let Ok(Value::Object(row)) = json::value(text) else { return None };
    let mut record = match row.get("extra") {
        Some(Value::Object(extra)) => extra.clone(),
        Some(Value::String(extra)) => json::value(extra).ok()?.as_object()?.clone(),
        _ => Map::new(),
    };
    // If a field was filled from another member, `extra` contains that member, and also the original if there was one.
    let [is_insight, is_shipped] = [INSIGHT, SHIPPED].map(|name| record.contains_key(name));
    for column in EVENTS.columns {
        let Some(path) = column.source.filter(|path| !has(&record, path)) else { continue };
        let Some(value) = row.get(column.name).filter(|value| !value.is_null()) else { continue };
        let is_elsewhere = match column.name {
            "event_time" => is_shipped,
            "event_source" | "event_name" => is_insight,
            "event_id" => value.as_str().is_some_and(|id| id.as_bytes().get(VERSION) == Some(&b'8')),
            _ => false,
        };
        if !is_elsewhere {
            put(&mut record, path, member(column.name, column.kind, value)?);
        }
    }
    Some(Value::Object(record).to_string())
}

fn member(name: &str, kind: ColumnKind, value: &Value) -> Option<Value> {
    Some(match (kind, value) {
        (ColumnKind::Timestamp, Value::String(text)) => clock::utc(text)?.into(),
        (ColumnKind::Timestamp, Value::Number(number)) => clock::show(clock::epoch(number.as_f64()?)?).into(),
        (ColumnKind::Json, Value::String(text)) => json::value(text).ok()?,
        (ColumnKind::Boolean, Value::String(text)) => {
            let truth: bool = text.parse().ok()?;
            if QUOTED.contains(&name) { truth.to_string().into() } else { truth.into() }
        }
        (ColumnKind::Boolean, Value::Bool(truth)) if QUOTED.contains(&name) => truth.to_string().into(),
        _ => value.clone(),
    })
}
