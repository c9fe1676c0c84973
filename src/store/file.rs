//! What the case knows of the files it was loaded from.

use arrow::array::Array;

use super::{Case, StoreError};
use crate::batch::{Columns, text_at};

impl Case {
    /// Tells of every file that the case knows of its name, and if it was loaded whole its hash and its stamp.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn each_file(&self, mut tell: impl FnMut(&str, Option<(&str, Option<i64>)>)) -> Result<(), StoreError> {
        let whole = "SELECT file, CASE WHEN refused IS NULL THEN sha256 END AS sha256, stamp FROM load_files";
        for batch in &self.query(whole)? {
            let columns = Columns(batch);
            let (names, hashes) = (columns.text("file")?, columns.text("sha256")?);
            let stamps = columns.integer("stamp")?;
            for row in 0..batch.num_rows() {
                let stamp = stamps.is_valid(row).then(|| stamps.value(row));
                tell(names.value(row), text_at(hashes, row).map(|hash| (hash, stamp)));
            }
        }
        Ok(())
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
