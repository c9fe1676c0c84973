//! When what was written is worked into the file.

use super::{Case, StoreError};
use crate::table::{EVENT_SIGNAL, EVENTS, SESSIONS, Table};

/// The rows that DuckDB keeps together at most.
const ROW_GROUP: u64 = 122_880;
/// The memory of that many events before they are compressed, in bytes, about.
pub const ROW_GROUP_BYTES: u64 = 160 << 20;
/// A table may have so many row groups more than twice those that it needs: they come of many small loads.
const SPARE: u64 = 8;
/// The tables that grow with a trail.
const GROWING: [&Table; 3] = [&EVENTS, &SESSIONS, &EVENT_SIGNAL];

impl Case {
    /// Lets DuckDB's log grow before it is worked into the file: each time that is done, the rows of the portions so far
    /// are compressed again. A log that a stopped load leaves is worked in when the case is opened next.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn defer_checkpoints(&self) -> Result<(), StoreError> {
        // Left alone, DuckDB writes half a million rows again to be rid of one row group, at every checkpoint.
        self.execute("SET checkpoint_threshold = '512MB'; SET max_vacuum_tasks = 0")
    }

    /// Has transactions end in the file from now on, but for small ones: DuckDB leaves its log out then. Of use if little
    /// comes after, for what comes is written beside it, and the file grows.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn checkpoint_at_commit(&self) -> Result<(), StoreError> {
        self.execute("SET checkpoint_threshold = '16MB'")
    }

    /// Writes everything into the file itself, so that no WAL is left beside it.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        if self.is_scattered()? {
            self.execute("RESET max_vacuum_tasks")?;
        }
        self.execute("CHECKPOINT")
    }

    /// Whether some table has far more row groups than it needs.
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
    fn what_small_loads_leave_is_put_together_when_it_is_much() {
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
