//! Controls when the write-ahead log is written to the file.

use super::{Case, StoreError};
use crate::table::{EVENT_SIGNAL, EVENTS, SESSIONS, Table};

/// The maximum number of rows in a row group.
const ROW_GROUP: u64 = 122_880;
/// The approximate uncompressed memory of that many events, in bytes.
pub const ROW_GROUP_BYTES: u64 = 160 << 20;
/// How many row groups beyond twice the necessary number are tolerated. They result from many small loads.
const SPARE: u64 = 8;
/// The tables that grow with a trail.
const GROWING: [&Table; 3] = [&EVENTS, &SESSIONS, &EVENT_SIGNAL];

impl Case {
    /// Lets DuckDB's log grow before a checkpoint: each checkpoint compresses the rows of the previous portions again. The
    /// log of a killed load is replayed the next time the case is opened.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn defer_checkpoints(&self) -> Result<(), StoreError> {
        // By default, DuckDB rewrites half a million rows to merge one row group, at every checkpoint.
        self.execute("SET checkpoint_threshold = '512MB'; SET max_vacuum_tasks = 0")
    }

    /// From now on, all but small transactions write to the file directly, without the log. Useful if little follows,
    /// because later data is written separately and the file grows.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn checkpoint_at_commit(&self) -> Result<(), StoreError> {
        self.execute("SET checkpoint_threshold = '16MB'")
    }

    /// Writes everything to the file, so that no write-ahead log remains.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        if self.is_scattered()? {
            self.execute("RESET max_vacuum_tasks")?;
        }
        self.execute("CHECKPOINT")
    }

    /// Whether any table has far more row groups than it needs.
    fn is_scattered(&self) -> Result<bool, StoreError> {
        for Table { name, .. } in GROWING {
            let sql = format!(
                "SELECT (SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('{name}')) > \
                 (SELECT 2 * count(*) // {ROW_GROUP} + {SPARE} FROM {name})"
            );
            if self.connection.query_row(&sql, [], |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_groups(case: &Case) -> u64 {
        let count = "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('events')";
        case.connection.query_row(count, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn row_groups_of_small_loads_are_merged() {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::open(&folder.path().join("case.duckdb")).unwrap();
        case.defer_checkpoints().unwrap();
        let mut most = 0;
        for load in 0..2 * SPARE {
            let of_load = format!("SELECT '{load}-' || i AS event_id FROM range(100) AS r(i)");
            case.execute(&format!("INSERT INTO events BY NAME {of_load}")).unwrap();
            case.checkpoint().unwrap();
            case.defer_checkpoints().unwrap();
            most = most.max(row_groups(&case));
        }
        assert!((2..=SPARE).contains(&most), "{most} row groups");
        let events: u64 = case.connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
        assert_eq!(events, 200 * SPARE);
    }
}
