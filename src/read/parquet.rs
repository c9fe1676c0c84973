//! Parquet: a row is a record, an event of OCSF, or holds one, as an object of JSON would.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::error::ArrowError;
use arrow::json::LineDelimitedWriter;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use super::cells::Table;
use super::container::Container;
use super::error::Refusal;
use super::found::{Found, Item};
use super::text::printable;
use super::unwrap;

/// How a Parquet file begins.
const MARK: &[u8] = b"PAR1";
/// Rows that are text at once.
const ROWS: usize = 1024;
/// The most text that comes out of one file, in bytes: a column can be packed a thousandfold.
const MAX_TEXT: usize = 4 << 30;

/// Whether the bytes are a Parquet file.
pub(super) fn is_parquet(bytes: &[u8]) -> bool {
    bytes.starts_with(MARK)
}

/// Reads every row; the lines of the table are numbers of rows, from 1. A file whose first rows hold nothing of
/// CloudTrail's is not read further.
pub(super) fn read(bytes: &[u8]) -> Result<Table, Refusal> {
    let mut rows = guarded(|| Ok(open(bytes)?)).map_err(Refusal::BrokenParquet)?;
    let mut reader = Reader { found: Found::default(), lines: Vec::new(), row: 0, text: 0 };
    while let Some(batch) = guarded(|| rows.next().map(|batch| json_lines(&batch?)).transpose()).transpose() {
        let damage = batch.map(|text| reader.add(&text)).err();
        if let Some(cause) = &damage {
            reader.broken(cause);
        }
        if reader.text > MAX_TEXT {
            reader.broken("cut off where the file has grown too large");
        }
        // Who asks again after damage may get it again without end.
        if reader.text > MAX_TEXT || damage.is_some() || !reader.found.has_records() {
            break;
        }
    }
    reader.found.container = Some(Container::Parquet).filter(|_| reader.found.has_records() || reader.row == 0);
    Ok(Table { found: reader.found, lines: reader.lines })
}

/// What is read, or what is wrong. Some damage makes the parquet crate panic; here it is damage like any other.
fn guarded<T>(read: impl FnOnce() -> Result<T, ArrowError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(printable(&error.to_string())),
        Err(_) => Err("the file contradicts itself".to_owned()),
    }
}

fn open(bytes: &[u8]) -> Result<ParquetRecordBatchReader, ParquetError> {
    ParquetRecordBatchReaderBuilder::try_new(Bytes::copy_from_slice(bytes))?.with_batch_size(ROWS).build()
}

/// The rows as lines of JSON; what is NULL is left out.
fn json_lines(batch: &RecordBatch) -> Result<String, ArrowError> {
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(batch)?;
    writer.finish()?;
    String::from_utf8(writer.into_inner()).map_err(|error| ArrowError::ParseError(error.to_string()))
}

/// What the rows gave so far.
struct Reader {
    found: Found<'static>,
    lines: Vec<u64>,
    row: u64,
    text: usize,
}

impl Reader {
    fn add(&mut self, text: &str) {
        self.text += text.len();
        for line in text.lines() {
            self.row += 1;
            let mut row = Found::default();
            if let Err(damage) = unwrap::value(line, 0, 0, &mut row) {
                row.broken(damage.cause, line);
            }
            self.take(row.into_owned());
        }
    }

    fn broken(&mut self, cause: &str) {
        let item = Item::Broken(printable(cause), String::new());
        self.row += 1;
        self.take(Found { container: None, items: vec![item] });
    }

    fn take(&mut self, mut row: Found<'static>) {
        self.lines.extend(row.items.iter().map(|_| self.row));
        self.found.items.append(&mut row.items);
    }
}
