//! Events with their clicks as OCSF: API Activity, and Authentication for sign-ins.

mod class;
mod columns;
mod record;

use std::io::Write;
use std::sync::Arc;

use arrow::array::Array;
use arrow::json::ReaderBuilder;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::Value;

use super::ExportError;
use crate::batch::{Columns, read_events};
use crate::present::escape;
use crate::store::Case;
use record::{Click, Json};

/// The version of OCSF that is written.
pub const VERSION: &str = "1.3.0";

/// The events with their signals, in order of time.
const QUERY: &str = include_str!("../../../sql/exports/ocsf.sql");

/// The forms of OCSF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OcsfForm {
    /// One event a line.
    Jsonl,
    /// One event a row, attributes as columns; free-form JSON as text, as Security Lake has it.
    Parquet,
}

/// Writes every event of the case.
///
/// # Errors
/// [`ExportError`]; part of the output may be written then.
pub fn ocsf(case: &Case, form: OcsfForm, out: &mut (impl Write + Send)) -> Result<(), ExportError> {
    match form {
        OcsfForm::Jsonl => lines(case, out),
        OcsfForm::Parquet => parquet(case, out),
    }
}

fn lines(case: &Case, out: &mut impl Write) -> Result<(), ExportError> {
    case.each_batch(QUERY, |batch| {
        for record in records(batch, Json::Nested)? {
            writeln!(out, "{}", escape::json(&record.to_string()))?;
        }
        Ok(())
    })
}

fn parquet(case: &Case, out: &mut (impl Write + Send)) -> Result<(), ExportError> {
    let schema = Arc::new(columns::schema());
    let packed = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(packed).build();
    let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties))?;
    case.each_batch::<ExportError>(QUERY, |batch| {
        let rows = records(batch, Json::Text)?;
        let builder = ReaderBuilder::new(Arc::clone(&schema)).with_batch_size(rows.len().max(1));
        let mut decoder = builder.build_decoder()?;
        decoder.serialize(&rows)?;
        Ok(decoder.flush()?.map_or(Ok(()), |columns| writer.write(&columns))?)
    })?;
    writer.close()?;
    Ok(())
}

/// A batch's events, each as one object.
fn records(batch: &RecordBatch, json: Json) -> Result<Vec<Value>, ExportError> {
    let events = read_events(batch)?;
    let row = |(row, (event, _)): (usize, &(_, &str))| Ok(record::record(event, click(batch, row)?.as_ref(), json)?);
    events.iter().enumerate().map(row).collect()
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
