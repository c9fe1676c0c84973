//! The arguments of scalar functions.
#![expect(unsafe_code, reason = "the vectors of a host are read through the C API")]

use arrow::array::{Array, AsArray, StringArray};
use duckdb::ffi;
use duckdb::vtab::arrow::{WritableVector, flat_vector_to_arrow_array};

use super::ExtensionError;

/// An argument of a scalar function: a text, or a list of texts, for each row.
#[derive(Debug)]
pub(super) struct TextArguments {
    /// The texts of all rows.
    texts: StringArray,
    /// The range of the texts of each row, as start and end; `None` for NULL.
    rows: Vec<Option<(usize, usize)>>,
}

impl TextArguments {
    /// Reads a vector.
    ///
    /// # Safety
    /// The vector belongs to the host, contains texts or lists of texts, and has this number of rows.
    pub(super) unsafe fn read(mut vector: ffi::duckdb_vector, rows: usize) -> Result<Self, ExtensionError> {
        // SAFETY: guaranteed by the caller.
        let id = unsafe {
            let mut kind = ffi::duckdb_vector_get_column_type(vector);
            let id = ffi::duckdb_get_type_id(kind);
            ffi::duckdb_destroy_logical_type(&raw mut kind);
            id
        };
        let fault = |error: Box<dyn std::error::Error>| ExtensionError::Fault(error.to_string());
        if id != ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST {
            let texts = flat_vector_to_arrow_array(&vector.flat_vector(), rows).map_err(fault)?;
            let texts = texts.as_string::<i32>().clone();
            let rows = (0..rows).map(|row| texts.is_valid(row).then_some((row, row + 1))).collect();
            return Ok(Self { texts, rows });
        }
        let lists = vector.list_vector();
        let texts = flat_vector_to_arrow_array(&lists.child(lists.len()), lists.len()).map_err(fault)?;
        let entry = |row: usize| {
            let (first, count) = lists.get_entry(row);
            (!lists.row_is_null(row as u64)).then_some((first, first + count))
        };
        Ok(Self { texts: texts.as_string::<i32>().clone(), rows: (0..rows).map(entry).collect() })
    }

    /// The number of rows.
    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// The texts of a row, including NULLs; `None` for NULL.
    pub(super) fn row(&self, row: usize) -> Option<impl Iterator<Item = Option<&str>>> {
        let (first, end) = (*self.rows.get(row)?)?;
        Some((first..end).map(|at| self.texts.is_valid(at).then(|| self.texts.value(at))))
    }
}
