//! JSON with arrow-json: an array, one object per line, or the server's format.

use std::io::Write;

use arrow::json::WriterBuilder;
use arrow::json::writer::{EncoderOptions, JsonArray, JsonFormat, LineDelimited, Writer, make_encoder};
use arrow::record_batch::RecordBatch;

use super::{ISO_8601, PresentError, escape, zones};

/// The server's time format: RFC 3339 in UTC, always to the microsecond.
const RFC_3339: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

/// One array of objects.
pub(super) fn array(out: &mut impl Write, batches: &[RecordBatch]) -> Result<(), PresentError> {
    write::<JsonArray>(out, batches, ISO_8601)?;
    Ok(out.write_all(b"\n")?)
}

/// One object per line.
pub(super) fn lines(out: &mut impl Write, batches: &[RecordBatch]) -> Result<(), PresentError> {
    write::<LineDelimited>(out, batches, ISO_8601)
}

/// Writes rows in the server's format: one array of objects, times to the microsecond.
///
/// # Errors
/// See [`super::batches`].
pub fn objects(out: &mut impl Write, batches: &[RecordBatch]) -> Result<(), PresentError> {
    write::<JsonArray>(out, &in_utc(batches)?, RFC_3339)
}

/// Writes rows in the server's format: one array of arrays, one cell per column, times to the microsecond.
///
/// # Errors
/// See [`super::batches`].
pub fn grid(out: &mut impl Write, batches: &[RecordBatch]) -> Result<(), PresentError> {
    let mut json = vec![b'['];
    for batch in in_utc(batches)? {
        arrays(&mut json, &batch)?;
    }
    json.push(b']');
    Ok(out.write_all(escape::json(&String::from_utf8_lossy(&json)).as_bytes())?)
}

/// One row at a time, separated by commas.
fn arrays(json: &mut Vec<u8>, batch: &RecordBatch) -> Result<(), PresentError> {
    let options = EncoderOptions::default()
        .with_explicit_nulls(true)
        .with_timestamp_format(RFC_3339.to_owned())
        .with_timestamp_tz_format(RFC_3339.to_owned());
    let columns = batch.schema_ref().fields().iter().zip(batch.columns());
    let encoders = columns.map(|(field, array)| make_encoder(field, array, &options));
    let mut encoders = encoders.collect::<Result<Vec<_>, _>>()?;
    for row in 0..batch.num_rows() {
        json.extend_from_slice(if json.ends_with(b"]") { b",[" } else { b"[" });
        for (at, encoder) in encoders.iter_mut().enumerate() {
            if at > 0 {
                json.push(b',');
            }
            if encoder.is_null(row) { json.extend_from_slice(b"null") } else { encoder.encode(row, json) }
        }
        json.push(b']');
    }
    Ok(())
}

fn in_utc(batches: &[RecordBatch]) -> Result<Vec<RecordBatch>, PresentError> {
    Ok(batches.iter().map(zones::in_utc).collect::<Result<_, _>>()?)
}

/// NULL is written as `null`, so that every object has every key.
fn write<F: JsonFormat>(out: &mut impl Write, batches: &[RecordBatch], moment: &str) -> Result<(), PresentError> {
    let moment = moment.to_owned();
    let builder = WriterBuilder::new().with_explicit_nulls(true);
    let builder = builder.with_timestamp_format(moment.clone()).with_timestamp_tz_format(moment);
    let mut writer: Writer<Vec<u8>, F> = builder.build(Vec::new());
    for batch in batches {
        writer.write(batch)?;
        drain(out, &mut writer)?;
    }
    writer.finish()?;
    drain(out, &mut writer)
}

/// Moves the buffered text to the writer, escaped for a terminal.
fn drain<F: JsonFormat>(out: &mut impl Write, writer: &mut Writer<Vec<u8>, F>) -> Result<(), PresentError> {
    let written = std::mem::take(writer.get_mut());
    Ok(out.write_all(escape::json(&String::from_utf8_lossy(&written)).as_bytes())?)
}
