//! The files that the case was loaded from.

use arrow::array::Array;

use super::{Case, StoreError};
use crate::batch::{Columns, text_at};
use crate::table::literal;

/// The maximum number of files that one statement removes.
const FORGOTTEN: usize = 4096;

impl Case {
    /// Calls `each` with the name of every file in the case, and the hash and stamp if it was completely loaded. A file
    /// that was loaded with the same filter counts as complete; a file that was not read never counts as complete.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn each_file(
        &self,
        filter: Option<&str>,
        mut each: impl FnMut(&str, Option<(&str, Option<i64>)>),
    ) -> Result<(), StoreError> {
        let sql = "SELECT file, CASE WHEN refused IS NULL AND (filter IS NULL OR filter = ?) THEN sha256 END AS sha256, \
                     stamp FROM load_files";
        for batch in &self.query_with(sql, &[filter.unwrap_or_default().to_owned()])? {
            let columns = Columns(batch);
            let (names, hashes) = (columns.text("file")?, columns.text("sha256")?);
            let stamps = columns.integer("stamp")?;
            for row in 0..batch.num_rows() {
                let stamp = stamps.is_valid(row).then(|| stamps.value(row));
                each(names.value(row), text_at(hashes, row).map(|hash| (hash, stamp)));
            }
        }
        Ok(())
    }

    /// Removes the rows of these files from `load_files` and `rejects`; their events stay.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn forget_files(&self, files: &[String]) -> Result<(), StoreError> {
        // A load without a filter after one with a filter removes the rows of all files, for which one statement per file
        // would be slow.
        for files in files.chunks(FORGOTTEN) {
            let names = files.iter().map(|file| literal(file)).collect::<Vec<_>>().join(", ");
            for table in ["load_files", "rejects"] {
                self.execute(&format!("DELETE FROM {table} WHERE file IN ({names})"))?;
            }
        }
        Ok(())
    }
}
