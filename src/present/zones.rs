//! Converts times with a zone so that Arrow can write them.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

/// The batch with every `TIMESTAMP WITH TIME ZONE`, at any depth, in UTC by offset.
///
/// `DuckDB` reports the machine's zone by name (`Etc/UTC`), but Arrow knows only offsets. The instants do not change.
pub(super) fn in_utc(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema_ref();
    let fields: Fields = schema.fields().iter().map(field_in_utc).collect();
    if &fields == schema.fields() {
        return Ok(batch.clone());
    }
    let columns = batch.columns().iter().zip(&fields).map(|(array, field)| cast(array, field.data_type()));
    let columns = columns.collect::<Result<Vec<ArrayRef>, _>>()?;
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn field_in_utc(field: &FieldRef) -> FieldRef {
    let kind = match field.data_type() {
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("+00:00".into())),
        DataType::List(item) => DataType::List(field_in_utc(item)),
        DataType::FixedSizeList(item, size) => DataType::FixedSizeList(field_in_utc(item), *size),
        DataType::Struct(members) => DataType::Struct(members.iter().map(field_in_utc).collect()),
        DataType::Map(entries, sorted) => DataType::Map(field_in_utc(entries), *sorted),
        _ => return Arc::clone(field),
    };
    Arc::new(Field::clone(field).with_data_type(kind))
}
