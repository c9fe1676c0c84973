//! Objects that are tables or rows of an event table: query results, and names in a tool's own spelling.

use serde_json::{Map, Value};

use super::athena;
use super::container::Container;
use super::contents::Contents;
use super::names;
use super::own;
use crate::json;

/// The records in an object that is a row or a table; `None` for any other object.
pub(super) fn read(text: &str) -> Option<Contents<'static>> {
    let mut names = Vec::new();
    json::object(text, 0, |name, _| names.push(name))?;
    if own::is_row_of(&names) {
        let mut contents = Contents::default();
        contents.record(own::record(text)?.into(), Container::Table);
        return Some(contents);
    }
    // An object that uses CloudTrail's own names but is not a record comes from another service.
    if !names.contains(&"eventName") && athena::is_row_of(names.iter().copied()) {
        let mut contents = Contents::default();
        contents.record(athena::record(text).ok()?.into(), Container::Table);
        return Some(contents);
    }
    if text.contains("cloudtrail")
        && let Some(record) = elastic(text)
    {
        let mut contents = Contents::default();
        contents.record(record.into(), Container::Table);
        return Some(contents);
    }
    let has = |wanted: &[&str]| wanted.iter().any(|wanted| names.contains(wanted));
    if has(&["QueryResultRows", "ResultSet", "results", "columns", "Columns"]) {
        let value: Value = serde_json::from_str(text).ok()?;
        return tables(&value);
    }
    None
}

/// The record in an Elastic Common Schema event, whose members are nested objects: `aws.cloudtrail.event_type`.
fn elastic(text: &str) -> Option<String> {
    let Ok(Value::Object(event)) = serde_json::from_str(text) else { return None };
    let mut row = Map::new();
    flatten("", event, &mut row);
    let is_row =
        row.keys().any(|name| name.contains("aws.cloudtrail.")) && athena::is_row_of(row.keys().map(String::as_str));
    is_row.then(|| Value::Object(athena::restored(row)).to_string())
}

/// The members at any depth, by path. A list with a single value, as in search results, becomes that value.
fn flatten(path: &str, members: Map<String, Value>, row: &mut Map<String, Value>) {
    for (name, value) in members {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        match value {
            Value::Object(inner) if !names::is_open(&path) => flatten(&path, inner, row),
            Value::Array(mut values) if values.len() == 1 => drop(row.insert(path, values.remove(0))),
            value => drop(row.insert(path, value)),
        }
    }
}

/// The records in the tables of a query result.
fn tables(result: &Value) -> Option<Contents<'static>> {
    let rows =
        lake(result).or_else(|| athena_result(result)).or_else(|| insights(result)).or_else(|| columns(result))?;
    let mut contents = Contents::default();
    for row in rows {
        if athena::is_row_of(row.keys().map(String::as_str)) || row.contains_key("eventName") {
            let record = Value::Object(athena::restored(row)).to_string();
            contents.record(record.into(), Container::Table);
        }
    }
    contents.has_records().then_some(contents)
}

/// `aws cloudtrail get-query-results`: each row is a list of objects with one member.
fn lake(result: &Value) -> Option<Vec<Map<String, Value>>> {
    let rows = result.get("QueryResultRows")?.as_array()?;
    rows.iter()
        .map(|row| {
            let cells = row.as_array()?.iter().filter_map(Value::as_object).flatten();
            Some(cells.filter(|(_, cell)| is_filled(cell)).map(|(name, cell)| (name.clone(), cell.clone())).collect())
        })
        .collect()
}

/// Whether a cell has a value. An empty text means that the record does not contain the member.
fn is_filled(cell: &Value) -> bool {
    !cell.is_null() && cell.as_str() != Some("")
}

/// `aws athena get-query-results`: each row is a list of values, and the first row contains the names.
fn athena_result(result: &Value) -> Option<Vec<Map<String, Value>>> {
    let rows = result.get("ResultSet")?.get("Rows")?.as_array()?;
    let cells = |row: &Value| {
        let cells = row.get("Data")?.as_array()?;
        Some(cells.iter().map(|cell| cell.get("VarCharValue").cloned().unwrap_or_default()).collect::<Vec<_>>())
    };
    let mut rows = rows.iter().map(cells);
    let header = rows.next()??;
    let names: Vec<&str> = header.iter().map(|name| name.as_str().unwrap_or_default()).collect();
    // Later pages of a result do not contain a row of names.
    let own: Option<Vec<String>> = result.get("ResultSet")?.get("ResultSetMetadata").and_then(|metadata| {
        let columns = metadata.get("ColumnInfo")?.as_array()?;
        columns.iter().map(|column| Some(column.get("Name")?.as_str()?.to_owned())).collect()
    });
    match own {
        Some(own) if own.iter().map(String::as_str).ne(names.iter().copied()) => {
            std::iter::once(Some(header.clone())).chain(rows).map(|row| Some(joined(&own, row?))).collect()
        }
        _ => {
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            rows.map(|row| Some(joined(&names, row?))).collect()
        }
    }
}

/// `aws logs get-query-results`: each row is a list of fields and values.
fn insights(result: &Value) -> Option<Vec<Map<String, Value>>> {
    let rows = result.get("results")?.as_array()?;
    let field = |field: &Value| Some((field.get("field")?.as_str()?.to_owned(), field.get("value")?.clone()));
    let filled = |(_, cell): &(String, Value)| is_filled(cell);
    rows.iter().map(|row| Some(row.as_array()?.iter().filter_map(field).filter(filled).collect())).collect()
}

/// Column names that are separate from the rows of values: the Log Analytics API, and others.
fn columns(result: &Value) -> Option<Vec<Map<String, Value>>> {
    let either = |names: [&str; 2]| names.iter().find_map(|name| result.get(name)).and_then(Value::as_array);
    let (columns, rows) = (either(["columns", "Columns"])?, either(["rows", "Rows"])?);
    let name = |column: &Value| {
        let named = ["name", "Name", "ColumnName"].iter().find_map(|name| column.get(name));
        named.unwrap_or(column).as_str().map(str::to_owned)
    };
    let names: Vec<String> = columns.iter().map(name).collect::<Option<_>>()?;
    rows.iter().map(|row| Some(joined(&names, row.as_array()?.clone()))).collect()
}

fn joined(names: &[String], cells: Vec<Value>) -> Map<String, Value> {
    names.iter().cloned().zip(cells).filter(|(_, cell)| is_filled(cell)).collect()
}
