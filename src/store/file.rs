//! What the case knows of the files it was loaded from.

use arrow::array::Array;

use super::{Case, StoreError};
use crate::batch::Columns;

impl Case {
    /// Every file that the case knows of: its name, and its hash if it was loaded whole.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn known_files(&self) -> Result<Vec<(String, Option<String>)>, StoreError> {
        let whole = "SELECT file, CASE WHEN refused IS NULL THEN sha256 END AS sha256 FROM load_files";
        let batches = self.query(whole)?;
        let mut files = Vec::new();
        for batch in &batches {
            let columns = Columns(batch);
            let (hashes, names) = (columns.text("sha256")?, columns.text("file")?);
            let hash = |row| hashes.is_valid(row).then(|| hashes.value(row).to_owned());
            files.extend((0..names.len()).map(|row| (names.value(row).to_owned(), hash(row))));
        }
        Ok(files)
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
