//! Events with their clicks as OCSF: API Activity, and Authentication for sign-ins.

mod class;
mod columns;
mod record;

use std::io::Write;
use std::sync::Arc;

use arrow::array::Array;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::json::ReaderBuilder;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rayon::prelude::*;
use serde_json::Value;

use super::{ExportError, LeftOut};
use crate::batch::{Columns, read_events};
use crate::present::escape;
use crate::store::Case;
use record::{Click, Json};

/// The OCSF version of the output.
pub const VERSION: &str = "1.3.0";

/// The events with their signals, ordered by time.
const QUERY: &str = include_str!("../../../sql/exports/ocsf.sql");

/// The output formats of OCSF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OcsfForm {
    /// One event per line.
    Jsonl,
    /// One event per row, attributes as columns; free-form JSON as text, as in Security Lake.
    Parquet,
}

/// Writes every event in the case, except events whose text cannot be read, which are returned.
///
/// # Errors
/// [`ExportError`]; part of the output may then be written.
pub fn ocsf(case: &Case, form: OcsfForm, out: &mut (impl Write + Send)) -> Result<LeftOut, ExportError> {
    match form {
        OcsfForm::Jsonl => lines(case, out),
        OcsfForm::Parquet => parquet(case, out),
    }
}

fn lines(case: &Case, out: &mut impl Write) -> Result<LeftOut, ExportError> {
    let mut left_out = LeftOut::default();
    case.each_batch::<ExportError>(QUERY, |batch| {
        let lines = in_parallel(batch, |rows| {
            let mut lines = String::new();
            let (records, left_out) = records(rows, Json::Nested)?;
            for record in records {
                lines.push_str(&escape::json(&record.to_string()));
                lines.push('\n');
            }
            Ok((lines, left_out))
        })?;
        for (lines, more) in lines {
            out.write_all(lines.as_bytes())?;
            left_out.extend(more);
        }
        Ok(())
    })?;
    Ok(left_out)
}

fn parquet(case: &Case, out: &mut (impl Write + Send)) -> Result<LeftOut, ExportError> {
    let mut left_out = LeftOut::default();
    let schema = Arc::new(columns::schema());
    let packed = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(packed).build();
    let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties))?;
    case.each_batch::<ExportError>(QUERY, |batch| {
        let pieces = in_parallel(batch, |rows| {
            let (records, left_out) = records(rows, Json::Text)?;
            Ok((columns_of(&schema, &records)?, left_out))
        })?;
        let (columns, more): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
        for more in more {
            left_out.extend(more);
        }
        // Full pages, so that they end where they would without batches.
        Ok(writer.write(&concat_batches(&schema, &columns)?)?)
    })?;
    writer.close()?;
    Ok(left_out)
}

fn columns_of(schema: &SchemaRef, records: &[Value]) -> Result<RecordBatch, ExportError> {
    let mut decoder = ReaderBuilder::new(Arc::clone(schema)).with_batch_size(records.len().max(1)).build_decoder()?;
    decoder.serialize(records)?;
    Ok(decoder.flush()?.unwrap_or_else(|| RecordBatch::new_empty(Arc::clone(schema))))
}

/// The number of rows that one thread processes at a time.
const PIECE: usize = 128;

/// The results of each piece of a batch, in order. One batch is processed at a time, so that memory use is bounded.
fn in_parallel<T: Send>(
    batch: &RecordBatch,
    make: impl Fn(&RecordBatch) -> Result<T, ExportError> + Sync,
) -> Result<Vec<T>, ExportError> {
    let starts: Vec<usize> = (0..batch.num_rows()).step_by(PIECE).collect();
    let piece = |start: usize| batch.slice(start, PIECE.min(batch.num_rows() - start));
    starts.into_par_iter().map(|start| make(&piece(start))).collect()
}

/// A batch's events, each as one object, and those that cannot be read.
fn records(batch: &RecordBatch, json: Json) -> Result<(Vec<Value>, LeftOut), ExportError> {
    let (mut records, mut left_out) = (Vec::with_capacity(batch.num_rows()), LeftOut::default());
    for (row, (event, _)) in read_events(batch)?.iter().enumerate() {
        match record::record(event, click(batch, row)?.as_ref(), json) {
            Ok(record) => records.push(record),
            Err(cause) => left_out.add(&event.event_id, &cause),
        }
    }
    Ok((records, left_out))
}

/// The click that explains a row's event.
fn click(batch: &RecordBatch, row: usize) -> Result<Option<Click<'_>>, ExportError> {
    let columns = Columns(batch);
    let text = |name| columns.text(name).map(|column| column.value(row));
    if columns.text("signal_id")?.is_null(row) {
        return Ok(None);
    }
    Ok(Some(Click {
        signal_id: text("signal_id")?,
        rule_id: text("rule_id")?,
        kind: text("kind")?,
        title: text("title")?,
        summary: text("summary")?,
        origin: text("origin")?,
        role: text("role")?,
        confidence: columns.real("confidence")?.value(row),
    }))
}
