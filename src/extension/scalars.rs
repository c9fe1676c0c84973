//! The scalar functions: those that take records from a user's table, and the one that drops a cached trail.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, ListArray, StringArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Fields};
use arrow::record_batch::RecordBatch;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::ExtensionError;
use super::cache;
use super::function::ScalarFunction;
use super::input::TextArguments;
use super::options::Options;
use super::output;
use super::types::Type;
use crate::batch::Columns;
use crate::read::record_of_row;
use crate::table::{ColumnKind, EVENT_SIGNAL, EVENTS, REJECTS, SESSIONS, SIGNAL_ENTITIES, SIGNALS, Table};
use crate::trail::{Mapped, Trail};

/// The tables that are computed from records, by the functions `cartographer_<table>_of`.
pub(super) const OF_RECORDS: [&Table; 6] = [&EVENTS, &SESSIONS, &SIGNALS, &EVENT_SIGNAL, &SIGNAL_ENTITIES, &REJECTS];

/// All scalar functions.
pub(super) fn functions() -> Vec<ScalarFunction> {
    let text = || Type::of(ColumnKind::Text);
    let record = ScalarFunction {
        name: "cartographer_record".to_owned(),
        parameters: vec![text()],
        answer: text(),
        has_effect: false,
        call: Box::new(|arguments| Ok(records(first(arguments)?))),
    };
    let event = ScalarFunction {
        name: "cartographer_event".to_owned(),
        parameters: vec![text()],
        answer: Type::row(&EVENTS),
        has_effect: false,
        call: Box::new(|arguments| events(first(arguments)?)),
    };
    let tables = OF_RECORDS.into_iter().map(|table| ScalarFunction {
        name: format!("cartographer_{}_of", table.name),
        parameters: vec![text().list()],
        answer: Type::row(table).list(),
        has_effect: false,
        call: Box::new(move |arguments| lists(table, first(arguments)?)),
    });
    let drop_cache = ScalarFunction {
        name: "cartographer_drop_cache".to_owned(),
        parameters: vec![text()],
        answer: Type::of(ColumnKind::Boolean),
        has_effect: true,
        call: Box::new(|arguments| Ok(dropped(first(arguments)?))),
    };
    [record, event, drop_cache].into_iter().chain(tables).collect()
}

fn first(arguments: &[TextArguments]) -> Result<&TextArguments, ExtensionError> {
    arguments.first().ok_or_else(|| ExtensionError::Fault("a function was called without an argument".to_owned()))
}

/// The record in each row; NULL if the text is not a JSON object.
fn records(rows: &TextArguments) -> ArrayRef {
    let record = |row| rows.row(row)?.next().flatten().and_then(record_of_row);
    Arc::new((0..rows.len()).map(record).collect::<StringArray>())
}

/// Removes the cached trail with each name: whether there was one, and NULL for NULL.
fn dropped(names: &TextArguments) -> ArrayRef {
    let remove = |row| names.row(row)?.next().flatten().map(cache::remove);
    Arc::new((0..names.len()).map(remove).collect::<BooleanArray>())
}

/// The event of each record; NULL if there is none.
fn events(records: &TextArguments) -> Result<ArrayRef, ExtensionError> {
    let threads = ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut rows = Vec::with_capacity(records.len());
    for row in 0..records.len() {
        let text: Vec<_> = records.row(row).into_iter().flatten().collect();
        let event = Trail::of_rows(&text, &threads)?.events.into_iter().next().map(|events| events.slice(0, 1));
        rows.push(event);
    }
    let there: Vec<bool> = rows.iter().map(Option::is_some).collect();
    let schema = EVENTS.schema();
    let empty = RecordBatch::new_empty(Arc::clone(&schema));
    let nothing = null_row(&schema)?;
    let rows: Vec<RecordBatch> = rows.into_iter().map(|row| row.unwrap_or_else(|| nothing.clone())).collect();
    let rows = concat_batches(&schema, std::iter::once(&empty).chain(&rows))?;
    Ok(Arc::new(structs(&EVENTS, &rows, Some(NullBuffer::from(there)))?))
}

fn null_row(schema: &arrow::datatypes::SchemaRef) -> Result<RecordBatch, ExtensionError> {
    let nulls = schema.fields().iter().map(|field| arrow::array::new_null_array(field.data_type(), 1)).collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), nulls)?)
}

/// The rows of a table for each list of records, as lists. NULL has no rows.
fn lists(table: &'static Table, records: &TextArguments) -> Result<ArrayRef, ExtensionError> {
    let threads = ThreadPoolBuilder::new().build()?;
    let schema = table.schema();
    let (mut batches, mut lengths) = (vec![RecordBatch::new_empty(Arc::clone(&schema))], Vec::new());
    for row in 0..records.len() {
        let texts: Vec<_> = records.row(row).into_iter().flatten().collect();
        let found = rows_of(table, &texts, &threads)?;
        lengths.push(found.iter().map(RecordBatch::num_rows).sum());
        batches.extend(found);
    }
    let rows = structs(table, &concat_batches(&schema, &batches)?, None)?;
    let field = Arc::new(Field::new_list_field(rows.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), Arc::new(rows), None)?))
}

/// The rows of one of [`OF_RECORDS`].
fn rows_of(table: &Table, records: &[Option<&str>], threads: &ThreadPool) -> Result<Vec<RecordBatch>, ExtensionError> {
    let trail = Trail::of_rows(records, threads)?;
    if *table == REJECTS {
        return Ok(vec![trail.rejects]);
    }
    some_event(&trail, records.len())?;
    if *table == EVENTS {
        return Ok(trail.events);
    }
    let Mapped { sessions, signals } = trail.map(&Options::default().rule_set()?, threads)?;
    if *table == SESSIONS {
        return Ok(sessions);
    }
    let batch = |batches: crate::batch::SignalBatches| match *table {
        EVENT_SIGNAL => batches.event_signal,
        SIGNAL_ENTITIES => batches.signal_entities,
        _ => batches.signals,
    };
    Ok(signals.into_iter().map(batch).collect())
}

/// Fails if every row was rejected: the table then does not contain CloudTrail events, and an empty result would look
/// like no activity.
fn some_event(trail: &Trail, rows: usize) -> Result<(), ExtensionError> {
    if rows == 0 || trail.rejects.num_rows() < rows {
        return Ok(());
    }
    let causes = Columns(&trail.rejects).text("cause")?;
    let cause = causes.iter().flatten().next().unwrap_or("unknown");
    Err(ExtensionError::Argument(format!("none of the {rows} rows is a CloudTrail event; the first row: {cause}")))
}

/// The rows of a batch as the host stores them, in one struct column.
fn structs(table: &Table, rows: &RecordBatch, there: Option<NullBuffer>) -> Result<StructArray, ExtensionError> {
    let mut columns = Vec::with_capacity(table.columns.len());
    for (column, values) in table.columns.iter().zip(rows.columns()) {
        columns.push(output::stored(column.kind, values)?);
    }
    let field = |(column, values): (&crate::table::Column, &ArrayRef)| {
        Field::new(column.name, DataType::clone(values.data_type()), true)
    };
    let fields: Fields = table.columns.iter().zip(&columns).map(field).collect();
    Ok(StructArray::try_new(fields, columns, there)?)
}
