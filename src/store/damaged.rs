//! Stored text that is not JSON. DuckDB fails a whole query if one row's JSON column contains such text. A case from
//! another program, or one changed by hand, can contain it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{Case, StoreError};
use crate::table::{ColumnKind, TABLES, Table, identifier};

/// How DuckDB's message about such text begins.
const MALFORMED: &str = "Malformed JSON";

/// Called with the number of damaged rows when damage is found.
pub type OnDamage = fn(u64);

/// What is known about damaged JSON in a case.
#[derive(Debug, Default)]
pub(super) struct DamageGuard {
    /// Whether a connection has looked for damage and has hidden it. Temporary views belong to one connection.
    is_hidden: AtomicBool,
    /// The number of damaged rows that any connection has found.
    rows: Arc<AtomicU64>,
    on_damage: Option<OnDamage>,
}

impl DamageGuard {
    pub(super) fn new(on_damage: Option<OnDamage>) -> Self {
        Self { on_damage, ..Self::default() }
    }

    /// For another connection to the same case.
    pub(super) fn another(&self) -> Self {
        Self { is_hidden: AtomicBool::new(false), rows: Arc::clone(&self.rows), on_damage: self.on_damage }
    }
}

impl Case {
    /// Runs `work`. If it fails because of damaged JSON, hides all damaged values of the case, and runs it again: the
    /// values are NULL from then on. A case that is open for writing is left as it is.
    pub(super) fn despite_damage<T>(&self, work: impl Fn(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let done = work(self);
        let is_damage = matches!(&done, Err(StoreError::DuckDb(message)) if message.contains(MALFORMED));
        if is_damage && self.hide_damage()? { work(self) } else { done }
    }

    /// The number of rows whose damaged JSON is read as NULL, as far as queries have come across any.
    #[must_use]
    pub fn damaged_rows(&self) -> u64 {
        self.damage.rows.load(Ordering::Relaxed)
    }

    /// Hides damage that another connection has found.
    pub(super) fn hide_known_damage(&self) -> Result<(), StoreError> {
        if self.damaged_rows() > 0 { self.hide_damage().map(drop) } else { Ok(()) }
    }

    /// Shadows every table that has damaged values with a temporary view, and creates this program's views again, so that
    /// they read it. Returns whether there is any damage that was not hidden before.
    fn hide_damage(&self) -> Result<bool, StoreError> {
        if !self.is_read_only || self.damage.is_hidden.swap(true, Ordering::Relaxed) {
            return Ok(false);
        }
        let database: String = self.connection.query_row("SELECT current_database()", [], |row| row.get(0))?;
        let mut rows = 0;
        for table in TABLES {
            let columns: Vec<String> = json_columns(table).collect();
            if columns.is_empty() {
                continue;
            }
            let name = format!("{}.main.{}", identifier(&database), identifier(table.name));
            let is_damaged: Vec<String> = columns.iter().map(|column| format!("NOT json_valid({column})")).collect();
            let count = format!("SELECT count(*) FROM {name} WHERE {}", is_damaged.join(" OR "));
            let damaged: u64 = self.connection.query_row(&count, [], |row| row.get(0))?;
            if damaged > 0 {
                let valid = |column: &String| format!("CASE WHEN json_valid({column}) THEN {column} END AS {column}");
                let valid: Vec<String> = columns.iter().map(valid).collect();
                self.execute(&format!(
                    "CREATE OR REPLACE TEMP VIEW {} AS SELECT * REPLACE ({}) FROM {name}",
                    identifier(table.name),
                    valid.join(", ")
                ))?;
                rows += damaged;
            }
        }
        if rows == 0 {
            return Ok(false);
        }
        self.create_temporary_views()?;
        if self.damage.rows.swap(rows, Ordering::Relaxed) == 0
            && let Some(tell) = self.damage.on_damage
        {
            tell(rows);
        }
        Ok(true)
    }
}

fn json_columns(table: &Table) -> impl Iterator<Item = String> {
    table.columns.iter().filter(|column| column.kind == ColumnKind::Json).map(|column| identifier(column.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Columns;
    use crate::store::ReadAccess;

    static REPORTED: AtomicU64 = AtomicU64::new(0);

    fn report(rows: u64) {
        REPORTED.fetch_add(rows, Ordering::Relaxed);
    }

    fn names(case: &Case) -> Result<String, StoreError> {
        let rows = case.query(
            "SELECT string_agg(COALESCE(request_parameters->>'$.a', 'none'), ' ' ORDER BY event_id) AS names FROM events",
        )?;
        Ok(Columns(&rows[0]).text("names")?.value(0).to_owned())
    }

    #[test]
    fn damaged_json_is_null_on_all_connections_and_reported_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case.duckdb");
        let case = Case::open(&path).unwrap();
        case.execute(
            "ALTER TABLE events ALTER request_parameters TYPE VARCHAR; INSERT INTO events (event_id, event_time, \
             request_parameters) VALUES ('a', '2024-05-01', '{\"a\":'), ('b', '2024-05-01', '{\"a\":\"1\"}')",
        )
        .unwrap();
        drop(case);
        let access = ReadAccess { on_damage: Some(report), ..ReadAccess::default() };
        let case = Case::open_with(&path, access).unwrap();
        assert_eq!(names(&case).unwrap(), "none 1");
        assert_eq!(names(&case.another().unwrap()).unwrap(), "none 1");
        assert_eq!((REPORTED.load(Ordering::Relaxed), case.damaged_rows()), (1, 1));
        // Malformed JSON in the query itself is not damage to the case.
        let error = case.query("SELECT '{\"a\":'::VARCHAR->>'$.a'").unwrap_err().to_string();
        assert!(error.contains(MALFORMED), "{error}");
    }
}
