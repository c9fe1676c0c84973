//! Reads columns of `events` from foreign batches, by name and in any of the Arrow types that engines use for the
//! column's type.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray, make_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use serde::de::IgnoredAny;

use super::LakeError;
use crate::table::{Column, ColumnKind, EVENTS};

/// Columns that every row must have.
const KEYS: [&str; 4] = ["event_id", "event_time", "event_key", "session_id"];

/// The maximum number of columns listed in a message.
const MAX_LISTED: usize = 60;

/// Values in JSON columns that are not valid JSON, and are read as NULL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DamagedJson {
    /// The number of values.
    pub values: u64,
    /// The first one: its column, its event's ID, and the cause.
    pub first: Option<String>,
}

/// Returns the named columns of `events`, in that order and with the types in [`EVENTS`]. Other columns are dropped.
///
/// Text may be `string`, `large_string`, `string_view` or a dictionary of them, and lists likewise. Times may have any
/// zone and at most microsecond precision. A time without a zone is in UTC. Values in JSON columns that are not valid JSON
/// become NULL, and are counted in `damaged`.
///
/// # Errors
/// If a column is missing, is duplicated or has the wrong type; if a key is NULL; if a value is not in its ENUM; or if
/// most values of a JSON column are not valid JSON.
pub fn events(batch: &RecordBatch, names: &[&str], damaged: &mut DamagedJson) -> Result<RecordBatch, LakeError> {
    let columns: Vec<&Column> = EVENTS.columns.iter().filter(|column| names.contains(&column.name)).collect();
    let mut arrays = Vec::with_capacity(columns.len());
    for column in &columns {
        let array = cast_to_column(column_of(batch, column.name, &column.kind.sql())?, column)?;
        if KEYS.contains(&column.name) {
            not_null(&array, column.name)?;
        }
        check_values(&array, column)?;
        let ids = || column_of(batch, "event_id", "VARCHAR").ok();
        arrays.push(if column.kind == ColumnKind::Json { valid_json(&array, column, ids, damaged)? } else { array });
    }
    let fields = columns.iter().map(|column| Field::new(column.name, column.kind.arrow(), true));
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), arrays)?)
}

/// Like [`events`], with every column of the table.
pub(super) fn all_events(batch: &RecordBatch, damaged: &mut DamagedJson) -> Result<RecordBatch, LakeError> {
    events(batch, &EVENTS.columns.iter().map(|column| column.name).collect::<Vec<_>>(), damaged)
}

/// The only column with this name.
pub(super) fn column_of<'b>(batch: &'b RecordBatch, name: &str, wanted: &str) -> Result<&'b ArrayRef, LakeError> {
    let schema = batch.schema_ref();
    let mut found = (0..).zip(schema.fields()).filter(|(_, field)| field.name() == name).map(|(at, _)| at);
    match (found.next(), found.count()) {
        (Some(at), 0) => Ok(batch.column(at)),
        (Some(_), more) => Err(LakeError::Twice { name: name.to_owned(), count: more + 1 }),
        (None, _) => {
            let names: Vec<String> =
                schema.fields().iter().take(MAX_LISTED).map(|field| format!("{:?}", field.name())).collect();
            let found = if names.is_empty() { "no columns".to_owned() } else { names.join(", ") };
            Err(LakeError::Missing { name: name.to_owned(), wanted: wanted.to_owned(), found })
        }
    }
}

/// Casts an array to the type of its column.
fn cast_to_column(array: &ArrayRef, column: &Column) -> Result<ArrayRef, LakeError> {
    let found = array.data_type();
    if let Some(advice) = rejection(found, column.kind) {
        return Err(LakeError::Type {
            name: column.name.to_owned(),
            found: found.to_string(),
            wanted: column.kind.sql().into_owned(),
            advice,
        });
    }
    Ok(match found {
        DataType::Timestamp(unit, Some(_)) => {
            // The values are in UTC, regardless of the time zone used for display.
            cast(&with_type(array, DataType::Timestamp(*unit, None))?, &column.kind.arrow())?
        }
        _ => cast(array, &column.kind.arrow())?,
    })
}

/// The same values with a data type that differs only in its time zone.
pub(super) fn with_type(array: &ArrayRef, kind: DataType) -> Result<ArrayRef, ArrowError> {
    Ok(make_array(array.to_data().into_builder().data_type(kind).build()?))
}

/// Why an array of this type cannot be used for the column, and what to do about it; `None` if it can be used.
fn rejection(found: &DataType, kind: ColumnKind) -> Option<&'static str> {
    let fits = match kind {
        ColumnKind::Text | ColumnKind::Json | ColumnKind::Enum(_) => is_text(found),
        ColumnKind::Timestamp => matches!(found, DataType::Timestamp(unit, _) if *unit != TimeUnit::Nanosecond),
        ColumnKind::Boolean => *found == DataType::Boolean,
        ColumnKind::Integer => found.is_integer(),
        ColumnKind::Real => found.is_floating(),
        ColumnKind::StructList(_) => matches!(found, DataType::List(_) | DataType::LargeList(_)),
        ColumnKind::TextList => match found {
            DataType::List(item) | DataType::LargeList(item) => is_text(item.data_type()),
            _ => false,
        },
    };
    // Some engines use the null type for a column without any values.
    if fits || *found == DataType::Null {
        return None;
    }
    Some(match (found, kind) {
        (DataType::Timestamp(TimeUnit::Nanosecond, _), ColumnKind::Timestamp) => {
            "events have microsecond precision; cast to timestamp[us]"
        }
        (_, ColumnKind::Timestamp) => "cast it, and check the time zone: a time without a zone is read as UTC",
        (_, ColumnKind::Json) => "expected JSON as text; convert a struct with to_json",
        _ => "cast it",
    })
}

fn is_text(found: &DataType) -> bool {
    match found {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// Returns an error if an array contains NULL.
pub(super) fn not_null(array: &ArrayRef, name: &str) -> Result<(), LakeError> {
    let null = (0..array.len()).find(|row| array.is_null(*row)).filter(|_| array.null_count() > 0);
    null.map_or(Ok(()), |row| Err(LakeError::Null { name: name.to_owned(), row: row + 1 }))
}

/// Returns an error if a text is not valid in its column.
fn check_values(array: &ArrayRef, column: &Column) -> Result<(), LakeError> {
    let (ColumnKind::Enum(values), Some(texts)) = (column.kind, array.as_string_opt::<i32>()) else { return Ok(()) };
    let allowed = values.values();
    let odd =
        texts.iter().enumerate().find_map(|(row, text)| Some((row, text.filter(|text| !allowed.contains(text))?)));
    odd.map_or(Ok(()), |(row, value)| {
        let (name, value, allowed) = (column.name.to_owned(), value.to_owned(), allowed.join(", "));
        Err(LakeError::Value { name, value, row: row + 1, allowed })
    })
}

/// The array with NULL instead of text that is not JSON. `ids` are the IDs of the events.
///
/// # Errors
/// If most values are not JSON: then the column contains something else, rather than damage.
fn valid_json<'b>(
    array: &ArrayRef,
    column: &Column,
    ids: impl Fn() -> Option<&'b ArrayRef>,
    damaged: &mut DamagedJson,
) -> Result<ArrayRef, LakeError> {
    let Some(texts) = array.as_string_opt::<i32>() else { return Ok(Arc::clone(array)) };
    let problem = |text: Option<&str>| serde_json::from_str::<IgnoredAny>(text?).err();
    let found: Vec<(usize, serde_json::Error)> =
        texts.iter().enumerate().filter_map(|(row, text)| Some((row, problem(text)?))).collect();
    let Some((row, cause)) = found.first() else { return Ok(Arc::clone(array)) };
    let ids = ids().and_then(|ids| cast(ids, &DataType::Utf8).ok());
    let event = ids.as_ref().map_or("", |ids| ids.as_string::<i32>().value(*row)).to_owned();
    let error = LakeError::Json { name: column.name.to_owned(), event, cause: cause.to_string() };
    if found.len() > 1 && found.len() * 2 > texts.len() - texts.null_count() {
        return Err(error);
    }
    damaged.values += found.len() as u64;
    damaged.first.get_or_insert_with(|| error.to_string());
    let mut at = found.into_iter().map(|(row, _)| row).peekable();
    let valid = texts.iter().enumerate().map(|(row, text)| text.filter(|_| at.next_if_eq(&row).is_none()));
    Ok(Arc::new(valid.collect::<StringArray>()))
}
