//! What the case knows of the files it was loaded from.

use arrow::array::Array;

use super::{Case, StoreError};
use crate::batch::Columns;

impl Case {
    /// The hash of every file that was loaded whole, with the file's name.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn loaded_files(&self) -> Result<Vec<(String, String)>, StoreError> {
        let batches = self.query("SELECT sha256, file FROM load_files WHERE sha256 IS NOT NULL AND refused IS NULL")?;
        let mut files = Vec::new();
        for batch in &batches {
            let columns = Columns(batch);
            let (hashes, names) = (columns.text("sha256")?, columns.text("file")?);
            files.extend((0..hashes.len()).map(|row| (hashes.value(row).to_owned(), names.value(row).to_owned())));
        }
        Ok(files)
    }

    /// Whether the case knows of a file of that name.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn has_file(&self, file: &str) -> Result<bool, StoreError> {
        let known = "SELECT count(*) > 0 FROM load_files WHERE file = ?";
        Ok(self.connection.query_row(known, [file], |row| row.get(0))?)
    }

    /// Forgets how the file of that name was loaded, and what of it was rejected; its events stay.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn forget_file(&self, file: &str) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM load_files WHERE file = ?", [file])?;
        self.connection.execute("DELETE FROM rejects WHERE file = ?", [file])?;
        Ok(())
    }
}
