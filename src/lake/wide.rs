//! Signals with their events and entities in one batch, for engines whose functions return a single table.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ListArray, StringArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;

use super::LakeError;
use super::columns::with_type;
use crate::batch::{Columns, SignalBatches};
use crate::table::{EVENT_SIGNAL, SIGNAL_ENTITIES, SIGNALS, Table};

/// The column that joins the three tables.
const KEY: &str = "signal_id";

/// The tables whose rows are nested in a signal: lists of structs without the signal's ID.
const NESTED: [&Table; 2] = [&EVENT_SIGNAL, &SIGNAL_ENTITIES];

/// A table's schema with times marked as UTC, as engines expect for instants.
#[must_use]
pub fn schema_in_utc(schema: &Schema) -> SchemaRef {
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Timestamp(unit, None) => Arc::new(field.as_ref().clone().with_data_type(utc(*unit))),
        _ => Arc::clone(field),
    };
    Arc::new(Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()))
}

/// A batch from one of our tables, with times marked as UTC.
///
/// # Errors
/// Returns an error from Arrow, which does not occur for our batches.
pub fn in_utc(batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let schema = schema_in_utc(batch.schema_ref());
    let zoned = |(array, field): (&ArrayRef, &Arc<Field>)| match field.data_type() {
        kind @ DataType::Timestamp(..) => with_type(array, kind.clone()),
        _ => Ok(Arc::clone(array)),
    };
    let arrays = batch.columns().iter().zip(schema.fields()).map(zoned);
    let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(schema, arrays)?)
}

fn utc(unit: TimeUnit) -> DataType {
    DataType::Timestamp(unit, Some("UTC".into()))
}

/// The schema of [`wide`]: `signals`, with the lists `event_signal` and `signal_entities`, and times in UTC.
#[must_use]
pub fn wide_schema() -> SchemaRef {
    let own = schema_in_utc(&SIGNALS.schema());
    let lists = NESTED.map(|table| Arc::new(Field::new(table.name, DataType::List(item(table)), true)));
    Arc::new(Schema::new(own.fields().iter().cloned().chain(lists).collect::<Vec<_>>()))
}

/// The item of a list of a table's rows.
fn item(table: &Table) -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::Struct(members(table)), true))
}

/// A table's columns without the join key.
fn members(table: &Table) -> Fields {
    let others = table.columns.iter().filter(|column| column.name != KEY);
    others.map(|column| Field::new(column.name, column.kind.arrow(), true)).collect()
}

/// Returns one row for each signal, with its events and entities.
///
/// # Errors
/// If the batches were not created by [`crate::batch::signals`] from the same signals.
pub fn wide(batches: &SignalBatches) -> Result<RecordBatch, LakeError> {
    let ids = Columns(&batches.signals).text(KEY)?;
    let signals = in_utc(&batches.signals)?;
    let mut arrays = signals.columns().to_vec();
    arrays.push(nested(&EVENT_SIGNAL, &batches.event_signal, ids)?);
    arrays.push(nested(&SIGNAL_ENTITIES, &batches.signal_entities, ids)?);
    Ok(RecordBatch::try_new(wide_schema(), arrays)?)
}

/// The rows of a batch as lists, one for each signal, in the order of the signals.
fn nested(table: &Table, batch: &RecordBatch, ids: &StringArray) -> Result<ArrayRef, LakeError> {
    let keys = Columns(batch).text(KEY)?;
    let mut at = 0;
    let lengths = ids.iter().map(|id| {
        let first = at;
        while at < keys.len() && Some(keys.value(at)) == id {
            at += 1;
        }
        at - first
    });
    let offsets = OffsetBuffer::from_lengths(lengths.collect::<Vec<_>>());
    let fields = members(table);
    let columns = fields.iter().filter_map(|field| batch.column_by_name(field.name()).cloned()).collect();
    let rows = StructArray::try_new_with_length(fields, columns, None, batch.num_rows())?;
    Ok(Arc::new(ListArray::try_new(item(table), offsets, Arc::new(rows), None)?))
}
