//! JSON by arrow-json: an array, or an object a line.

use std::io::Write;

use arrow::json::WriterBuilder;
use arrow::json::writer::{JsonArray, JsonFormat, LineDelimited, Writer};
use arrow::record_batch::RecordBatch;

use super::{ISO_8601, PresentError, escape};

/// One array of objects.
pub(super) fn array(out: &mut impl Write, batches: &[RecordBatch]) -> Result<(), PresentError> {
    write::<JsonArray>(out, batches)?;
    Ok(out.write_all(b"\n")?)
}

/// One object a line.
pub(super) fn lines(out: &mut impl Write, batches: &[RecordBatch]) -> Result<(), PresentError> {
    write::<LineDelimited>(out, batches)
}

/// NULL is written as `null`, so that every object has every key.
fn write<F: JsonFormat>(out: &mut impl Write, batches: &[RecordBatch]) -> Result<(), PresentError> {
    let moment = ISO_8601.to_owned();
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

/// Moves what is written so far to where it goes, escaped for a terminal on the way.
fn drain<F: JsonFormat>(out: &mut impl Write, writer: &mut Writer<Vec<u8>, F>) -> Result<(), PresentError> {
    let written = std::mem::take(writer.get_mut());
    Ok(out.write_all(escape::json(&String::from_utf8_lossy(&written)).as_bytes())?)
}
