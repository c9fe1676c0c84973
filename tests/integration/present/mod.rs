//! Rows in every output format, with hostile text.

#![expect(clippy::unwrap_used, reason = "test helpers fail by panicking, like tests")]

mod escaping;
mod formats;
mod timeline;
mod words;

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::record_batch::RecordBatch;
use cartographer::present::{self, Format};

/// 2026-03-02T09:12:00Z
pub(crate) const MORNING: i64 = 1_772_442_720_000_000;

pub(crate) fn shown(format: Format, batch: RecordBatch) -> String {
    let mut out = Vec::new();
    present::batches(&mut out, format, &[batch]).unwrap();
    String::from_utf8(out).unwrap()
}

pub(crate) fn texts(values: &[&str]) -> RecordBatch {
    let column: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
    RecordBatch::try_from_iter([("text", column)]).unwrap()
}
