//! Exports rows of a case: in batches, or copied to Parquet by DuckDB itself.

use std::path::Path;

use arrow::record_batch::RecordBatch;

use super::{Case, StoreError};
use crate::table::literal;

/// DuckDB's memory limit during an export, in bytes; the rest is spilled to disk.
pub const EXPORT_MEMORY: u64 = 1 << 30;

/// Rows per row group of a Parquet file: DuckDB's own default, stated so that files stay the same.
const ROW_GROUP: usize = 122_880;

/// A Parquet file to write.
#[derive(Debug, Clone, Copy)]
pub struct ParquetCopy<'a> {
    /// The rows, in order.
    pub query: &'a str,
    /// Columns of the query that become folders (`name=value`) instead of columns.
    pub partition: &'a [&'a str],
    /// The file; with a partition, the folder, which must not exist.
    pub path: &'a Path,
}

impl Case {
    /// Calls `give` with the rows of one query in batches, in order; at least one batch, so that the schema is known.
    ///
    /// # Errors
    /// DuckDB's message, before the first batch; and the error of `give`.
    pub fn each_batch<E: From<StoreError>>(
        &self,
        query: &str,
        mut give: impl FnMut(&RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let query = query.trim().trim_end_matches(';');
        // The stream's iterator cannot report errors. Errors of the query occur here; a scan has none.
        self.despite_damage(|case| case.execute(&format!("CREATE OR REPLACE TEMP TABLE outgoing AS ({query}\n)")))?;
        let mut statement = self.connection.prepare("FROM outgoing").map_err(StoreError::from)?;
        let rows = statement.stream_arrow([]).map_err(StoreError::from)?;
        let mut empty = Some(RecordBatch::new_empty(rows.get_schema()));
        for batch in rows {
            empty = None;
            give(&batch)?;
        }
        empty.map_or(Ok(()), |empty| give(&empty))
    }

    /// Writes Parquet, compressed with zstd. Times with a zone are in UTC.
    ///
    /// # Errors
    /// DuckDB's message. Partial output may exist.
    pub fn copy_parquet(&self, copy: ParquetCopy<'_>) -> Result<(), StoreError> {
        // Otherwise several threads would write the rows of a partition, in any order.
        let threads = if copy.partition.is_empty() { "RESET threads" } else { "SET threads = 1" };
        self.execute(threads)?;
        let by = match copy.partition {
            [] => String::new(),
            columns => format!(", PARTITION_BY ({})", columns.join(", ")),
        };
        self.execute(&format!(
            "COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}{by})",
            copy.query,
            path_literal(copy.path)?
        ))
    }

    /// Makes DuckDB treat `TIMESTAMP`s as UTC when casting them to times with a zone.
    pub(crate) fn in_utc(&self) {
        // Only the ICU extension has time zones. Without it the setting does not exist, and every cast is in UTC anyway.
        drop(self.execute("SET TimeZone = 'UTC'"));
    }
}

/// A path as a SQL literal.
fn path_literal(path: &Path) -> Result<String, StoreError> {
    path.to_str().map(literal).ok_or_else(|| StoreError::Path(path.to_owned()))
}
