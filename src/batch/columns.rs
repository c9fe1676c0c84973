//! A batch's columns, by name and type.

use arrow::array::{Array, AsArray, BooleanArray, ListArray, PrimitiveArray, StringArray};
use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;

use super::BatchError;
use crate::event::Timestamp;

/// Looks up columns of one batch.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a>(pub &'a RecordBatch);

impl<'a> Columns<'a> {
    /// A column of text (ENUMs have to be cast to text by the query).
    ///
    /// # Errors
    /// If there is no such column, or it has a different type. The methods for other types return the same errors.
    pub fn text(self, name: &str) -> Result<&'a StringArray, BatchError> {
        self.typed(name, |array| array.as_string_opt())
    }

    /// A column of booleans.
    ///
    /// # Errors
    /// See [`Columns::text`].
    pub fn boolean(self, name: &str) -> Result<&'a BooleanArray, BatchError> {
        self.typed(name, |array| array.as_boolean_opt())
    }

    /// A column of whole numbers.
    ///
    /// # Errors
    /// See [`Columns::text`].
    pub fn integer(self, name: &str) -> Result<&'a PrimitiveArray<Int64Type>, BatchError> {
        self.typed(name, |array| array.as_primitive_opt())
    }

    /// A column of numbers.
    ///
    /// # Errors
    /// See [`Columns::text`].
    pub fn real(self, name: &str) -> Result<&'a PrimitiveArray<Float64Type>, BatchError> {
        self.typed(name, |array| array.as_primitive_opt())
    }

    /// A column of times.
    ///
    /// # Errors
    /// See [`Columns::text`].
    pub fn time(self, name: &str) -> Result<&'a PrimitiveArray<TimestampMicrosecondType>, BatchError> {
        self.typed(name, |array| array.as_primitive_opt())
    }

    /// A column of lists.
    ///
    /// # Errors
    /// See [`Columns::text`].
    pub fn list(self, name: &str) -> Result<&'a ListArray, BatchError> {
        self.typed(name, |array| array.as_list_opt())
    }

    fn typed<A>(self, name: &str, cast: impl FnOnce(&'a dyn Array) -> Option<&'a A>) -> Result<&'a A, BatchError> {
        let array = self.0.column_by_name(name).and_then(|array| cast(array.as_ref()));
        array.ok_or_else(|| BatchError::Column(name.to_owned()))
    }
}

/// The text in that row.
pub(crate) fn text_at(array: &StringArray, row: usize) -> Option<&str> {
    array.is_valid(row).then(|| array.value(row))
}

/// The boolean in that row.
pub(crate) fn boolean_at(array: &BooleanArray, row: usize) -> Option<bool> {
    array.is_valid(row).then(|| array.value(row))
}

/// The time in that row.
pub(crate) fn time_at(array: &PrimitiveArray<TimestampMicrosecondType>, row: usize) -> Option<Timestamp> {
    array.is_valid(row).then(|| Timestamp(array.value(row)))
}
