//! Parquet: a row is a record or an OCSF event, or contains one, like a JSON object.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

use arrow::array::{
    Array, ArrayRef, AsArray, FixedSizeBinaryArray, GenericListArray, MapArray, OffsetSizeTrait, StringArray,
    StructArray, make_array,
};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use arrow::error::ArrowError;
use arrow::json::LineDelimitedWriter;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use super::cells::Table;
use super::container::Container;
use super::contents::{Contents, Item};
use super::error::Refusal;
use super::footer;
use super::text::printable;
use super::unwrap;
use crate::counted::counted;

/// The first bytes of a Parquet file.
const MARK: &[u8] = b"PAR1";
/// The maximum ratio of text to file size, and a minimum for small files. A column can be compressed a millionfold.
const MOST_TIMES: u64 = 512;
const LEAST_TEXT: u64 = 16 << 20;
/// The approximate memory for a row in addition to its text, in bytes.
const ROW: usize = 128;

/// Whether the bytes are a Parquet file.
pub(super) fn is_parquet(bytes: &[u8]) -> bool {
    bytes.starts_with(MARK)
}

/// The maximum number of rows without a record that are listed individually, as long as no row has one.
const MAX_FOREIGN: usize = 4096;

/// Reads every row. The table's line numbers are row numbers, starting at 1. The result contains at most `budget` bytes
/// of text.
pub(super) fn read(bytes: &[u8], budget: u64) -> Result<Table, Refusal> {
    let most = (bytes.len() as u64).saturating_mul(MOST_TIMES).saturating_add(LEAST_TEXT).min(budget);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let at_once = footer::rows_at_once(bytes, budget).map_err(|cause| Refusal::BrokenParquet(shown(&cause)))?;
    let mut rows = guarded(|| Ok(open(bytes, at_once)?)).map_err(Refusal::BrokenParquet)?;
    let mut reader = Reader { contents: Contents::default(), lines: Vec::new(), row: 0, text: 0, unlisted: 0 };
    while let Some(batch) = guarded(|| rows.next().map(|batch| json_lines(&batch?)).transpose()).transpose() {
        let damage = batch.map(|text| reader.add(&text)).err();
        if let Some(cause) = &damage {
            if !reader.contents.has_records() {
                return Err(Refusal::BrokenParquet(cause.clone()));
            }
            reader.broken(cause);
        }
        if reader.text > most {
            if !reader.contents.has_records() {
                return Err(Refusal::BrokenParquet(format!("its rows decode to more than {most} bytes")));
            }
            reader.broken(&format!(
                "the remaining rows were not read, because the rows decode to more than {most} bytes"
            ));
        }
        // After damage, the reader might return the same error forever.
        if reader.text > most || damage.is_some() {
            break;
        }
    }
    if reader.unlisted > 0 && reader.contents.has_records() {
        let unlisted = counted(reader.unlisted, "more row contains", "more rows contain");
        reader.broken(&format!("{unlisted} no CloudTrail record"));
    }
    reader.contents.container = Some(Container::Parquet).filter(|_| reader.contents.has_records() || reader.row == 0);
    Ok(Table { contents: reader.contents, lines: reader.lines })
}

/// The maximum length of a cause, in characters.
const CAUSE: usize = 160;

/// A cause that contains only our own words and numbers.
fn shown(cause: &str) -> String {
    cause.chars().take(CAUSE).collect()
}

thread_local! {
    /// Whether a panic on this thread is caught, so that it is not printed.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}
static HOOK: Once = Once::new();

/// The result, or what is wrong. Some damage makes the parquet crate panic; such a panic is treated like any other
/// damage, and no message is printed.
fn guarded<T>(read: impl FnOnce() -> Result<T, ArrowError>) -> Result<T, String> {
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_GUARDED.get() {
                before(panic);
            }
        }));
    });
    IS_GUARDED.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(read));
    IS_GUARDED.set(false);
    match outcome {
        Ok(Ok(contents)) => Ok(contents),
        Ok(Err(error)) => Err(printable(&error.to_string())),
        Err(_) => Err("the file is inconsistent".to_owned()),
    }
}

fn open(bytes: &[u8], rows: usize) -> Result<ParquetRecordBatchReader, ParquetError> {
    ParquetRecordBatchReaderBuilder::try_new(Bytes::copy_from_slice(bytes))?.with_batch_size(rows).build()
}

/// The rows as JSON Lines, without NULL values.
fn json_lines(batch: &RecordBatch) -> Result<String, ArrowError> {
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(&writable(batch)?)?;
    writer.finish()?;
    String::from_utf8(writer.into_inner()).map_err(|error| ArrowError::ParseError(error.to_string()))
}

/// The batch with columns converted to the types used in a JSON record: times in UTC, texts, and IDs as text.
fn writable(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (schema, columns, _) = batch.clone().into_parts();
    let columns: Vec<ArrayRef> = columns.iter().map(plain).collect::<Result<_, _>>()?;
    let fields: Fields = schema.fields().iter().zip(&columns).map(|(field, column)| typed(field, column)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// The field with the type of its column.
fn typed(field: &Field, column: &ArrayRef) -> FieldRef {
    Arc::new(Field::new(field.name(), column.data_type().clone(), field.is_nullable()))
}

fn plain(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    Ok(match column.data_type() {
        // A time with a time zone is stored in UTC; the zone only affects how it is displayed.
        DataType::Timestamp(unit, Some(_)) => {
            let utc = DataType::Timestamp(*unit, Some("+00:00".into()));
            make_array(column.to_data().into_builder().data_type(utc).build()?)
        }
        DataType::Binary => texts(column, column.as_binary::<i32>().iter()),
        DataType::LargeBinary => texts(column, column.as_binary::<i64>().iter()),
        DataType::BinaryView => texts(column, column.as_binary_view().iter()),
        DataType::FixedSizeBinary(16) => Arc::new(uuids(column.as_fixed_size_binary())),
        DataType::FixedSizeBinary(_) => texts(column, column.as_fixed_size_binary().iter()),
        DataType::Struct(fields) => {
            let columns = column.as_struct().columns().iter().map(plain).collect::<Result<Vec<_>, _>>()?;
            let fields: Fields = fields.iter().zip(&columns).map(|(field, column)| typed(field, column)).collect();
            let len = column.len();
            Arc::new(StructArray::try_new_with_length(fields, columns, column.nulls().cloned(), len)?)
        }
        DataType::List(field) => Arc::new(list(field, column.as_list::<i32>())?),
        DataType::LargeList(field) => Arc::new(list(field, column.as_list::<i64>())?),
        DataType::Map(field, is_sorted) => {
            let map = column.as_map();
            let entries: ArrayRef = Arc::new(map.entries().clone());
            let entries = plain(&entries)?;
            let field = typed(field, &entries);
            let (offsets, nulls) = (map.offsets().clone(), map.nulls().cloned());
            Arc::new(MapArray::try_new(field, offsets, entries.as_struct().clone(), nulls, *is_sorted)?)
        }
        _ => Arc::clone(column),
    })
}

fn list<O: OffsetSizeTrait>(field: &Field, list: &GenericListArray<O>) -> Result<GenericListArray<O>, ArrowError> {
    let values = plain(list.values())?;
    GenericListArray::try_new(typed(field, &values), list.offsets().clone(), values, list.nulls().cloned())
}

/// The bytes as text, if all of them are valid; otherwise the column unchanged, which JSON writes as hex.
fn texts<'c>(column: &ArrayRef, values: impl Iterator<Item = Option<&'c [u8]>>) -> ArrayRef {
    let texts: Result<Vec<Option<&str>>, _> = values.map(|value| value.map(std::str::from_utf8).transpose()).collect();
    texts.map_or_else(|_| Arc::clone(column), |texts| Arc::new(StringArray::from(texts)))
}

/// 16-byte IDs, in CloudTrail's notation.
fn uuids(column: &FixedSizeBinaryArray) -> StringArray {
    let uuid = |bytes: &[u8]| {
        let hex = hex::encode(bytes);
        let part = |from, to| hex.get(from..to).unwrap_or_default();
        [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
    };
    column.iter().map(|value| value.map(uuid)).collect()
}

/// The result for the rows so far.
struct Reader {
    contents: Contents<'static>,
    lines: Vec<u64>,
    row: u64,
    text: usize,
    /// The number of rows without a record.
    unlisted: u64,
}

impl Reader {
    fn add(&mut self, text: &str) {
        self.text += text.len();
        for line in text.lines() {
            self.row += 1;
            self.text += ROW;
            let mut row = Contents::default();
            if let Err(damage) = unwrap::value(line, 0, 0, &mut row) {
                row.broken(damage.cause, line);
            }
            self.take(row.into_owned());
        }
    }

    fn broken(&mut self, cause: &str) {
        let item = Item::Broken(printable(cause), String::new());
        self.row += 1;
        self.take(Contents { container: None, items: vec![item] });
    }

    fn take(&mut self, mut row: Contents<'static>) {
        if self.contents.items.len() >= MAX_FOREIGN && !row.has_records() && !self.contents.has_records() {
            self.unlisted += 1;
            return;
        }
        self.lines.extend(row.items.iter().map(|_| self.row));
        self.contents.items.append(&mut row.items);
    }
}
