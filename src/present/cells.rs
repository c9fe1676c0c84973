//! The text of any cell in any column, for formats other than JSON.

use arrow::array::Array;
use arrow::datatypes::{DataType, FieldRef};
use arrow::json::writer::{EncoderOptions, NullableEncoder, make_encoder};
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::{ISO_8601, PresentError};

/// How cells are written in a format.
#[derive(Debug)]
pub(super) struct CellStyle {
    plain: FormatOptions<'static>,
    nested: EncoderOptions,
}

impl CellStyle {
    /// A style with times in the given `chrono` format, lists and structs as JSON, and NULL as empty text.
    pub(super) fn new(moment: &'static str) -> Self {
        let plain = FormatOptions::new().with_timestamp_format(Some(moment)).with_timestamp_tz_format(Some(moment));
        Self { plain, nested: EncoderOptions::default().with_timestamp_format(ISO_8601.to_owned()) }
    }

    /// The columns of a batch.
    pub(super) fn columns<'a>(&'a self, batch: &'a RecordBatch) -> Result<Vec<Cells<'a>>, PresentError> {
        let schema = batch.schema_ref();
        schema.fields().iter().zip(batch.columns()).map(|(field, array)| self.cells(field, array.as_ref())).collect()
    }

    fn cells<'a>(&'a self, field: &'a FieldRef, array: &'a dyn Array) -> Result<Cells<'a>, PresentError> {
        if array.data_type().is_nested() {
            Ok(Cells::Nested(make_encoder(field, array, &self.nested)?))
        } else {
            let bare = array.data_type().is_numeric() || array.data_type().is_temporal();
            Ok(Cells::Plain(ArrayFormatter::try_new(array, &self.plain)?, bare))
        }
    }
}

/// One column's cells.
pub(super) enum Cells<'a> {
    /// A scalar, and whether it is a number or time, whose text cannot come from a log.
    Plain(ArrayFormatter<'a>, bool),
    /// A list, struct or map, as JSON.
    Nested(NullableEncoder<'a>),
}

impl Cells<'_> {
    /// The cell's text, unescaped; empty for NULL.
    pub(super) fn text(&mut self, row: usize) -> Result<String, PresentError> {
        match self {
            Self::Plain(formatter, _) => Ok(formatter.value(row).try_to_string()?),
            Self::Nested(encoder) if encoder.is_null(row) => Ok(String::new()),
            Self::Nested(encoder) => {
                let mut json = Vec::new();
                encoder.encode(row, &mut json);
                Ok(String::from_utf8_lossy(&json).into_owned())
            }
        }
    }

    /// Whether the cells are numbers or times, which need no escaping.
    pub(super) const fn is_bare(&self) -> bool {
        matches!(self, Self::Plain(_, true))
    }
}

/// Whether a column should be right-aligned.
pub(super) fn is_right_aligned(kind: &DataType) -> bool {
    kind.is_numeric()
}
