//! Rows in the format of sqllogictest files: `NULL` for missing values, `(empty)` for an empty string.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use sqllogictest::DefaultColumnType;

const FORM: FormatOptions<'static> =
    FormatOptions::new().with_null("NULL").with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.f"));

/// The columns' types: `T` for text and ENUMs, `I` for integers, `R` for other numbers, `?` for all other types.
pub(crate) fn types(batches: &[RecordBatch]) -> Vec<DefaultColumnType> {
    let schema = batches.first().map(RecordBatch::schema);
    let fields = schema.iter().flat_map(|schema| schema.fields().iter().map(|field| type_letter(field.data_type())));
    fields.collect()
}

fn type_letter(kind: &DataType) -> DefaultColumnType {
    match kind {
        DataType::Utf8 | DataType::Dictionary(..) => DefaultColumnType::Text,
        kind if kind.is_integer() => DefaultColumnType::Integer,
        kind if kind.is_numeric() => DefaultColumnType::FloatingPoint,
        _ => DefaultColumnType::Any,
    }
}

/// The rows, each cell as text.
pub(crate) fn rows(batches: &[RecordBatch]) -> Result<Vec<Vec<String>>, ArrowError> {
    let mut rows = Vec::new();
    for batch in batches {
        let columns: Vec<_> = batch.columns().iter().map(formatter).collect::<Result<_, _>>()?;
        rows.extend((0..batch.num_rows()).map(|row| columns.iter().map(|cells| cell(cells, row)).collect()));
    }
    Ok(rows)
}

fn formatter(column: &ArrayRef) -> Result<ArrayFormatter<'_>, ArrowError> {
    ArrayFormatter::try_new(column, &FORM)
}

fn cell(cells: &ArrayFormatter<'_>, row: usize) -> String {
    let text = cells.value(row).to_string();
    if text.is_empty() { "(empty)".to_owned() } else { text }
}
