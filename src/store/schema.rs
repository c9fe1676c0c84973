//! Creates a case's types and tables, and checks whether a file is a case.

use chrono::Utc;

use super::{Case, StoreError};
use crate::table::{EnumType, SCHEMA_VERSION, TABLES, Table, literal};

impl Case {
    /// Whether the database is empty.
    pub(super) fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self
            .connection
            .query_row("SELECT count(*) = 0 FROM duckdb_tables() WHERE NOT temporary", [], |row| row.get(0))?)
    }

    /// Creates types, tables and comments, and stores the versions.
    pub(super) fn create_tables(&self) -> Result<(), StoreError> {
        EnumType::ALL.iter().try_for_each(|kind| self.execute(&kind.create()))?;
        TABLES.iter().try_for_each(|table| self.create_table(table))?;
        self.set_info("tool_version", env!("CARGO_PKG_VERSION"))?;
        self.set_info("schema_version", &SCHEMA_VERSION.to_string())?;
        self.set_info("created_at", &Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string())?;
        self.state_duckdb()
    }

    /// Refuses a database that is not a case, or has another schema version.
    pub(super) fn check_schema(&self) -> Result<(), StoreError> {
        let version = self.info("schema_version").ok().flatten().and_then(|version| version.parse().ok());
        let path = self.path.clone();
        match version {
            None if self.is_empty()? => Err(StoreError::Unfinished(path)),
            None => Err(StoreError::NotACase(path)),
            Some(found) if found > SCHEMA_VERSION => Err(StoreError::NewerSchema { path, found }),
            Some(found) if found < SCHEMA_VERSION => Err(StoreError::OlderSchema { path, found }),
            Some(_) => Ok(()),
        }
    }

    /// Refuses a case that lacks a column, such as a case created by a program between two releases: views could not be
    /// created, and DuckDB's message for that does not say what to do.
    pub(super) fn check_columns(&self) -> Result<(), StoreError> {
        let stated = TABLES.iter().flat_map(|table| table.columns.iter().map(|column| (table.name, column.name)));
        let stated: Vec<String> =
            stated.map(|(table, column)| format!("({}, {})", literal(table), literal(column))).collect();
        let sql = format!(
            "FROM (VALUES {}) AS stated(table_name, column_name) ANTI JOIN (SELECT table_name, column_name \
             FROM duckdb_columns() WHERE NOT internal AND schema_name = 'main') AS there USING (table_name, column_name) \
             ORDER BY ALL LIMIT 1",
            stated.join(", ")
        );
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        match rows.next()? {
            Some(row) => Err(StoreError::NoColumn { path: self.path.clone(), table: row.get(0)?, column: row.get(1)? }),
            None => Ok(()),
        }
    }

    /// A fact about the case.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn info(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.connection.prepare("SELECT value FROM case_info WHERE key = ?")?;
        let mut rows = statement.query([key])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }

    /// Sets a fact about the case.
    ///
    /// # Errors
    /// DuckDB's message.
    pub fn set_info(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM case_info WHERE key = ?", [key])?;
        self.connection.execute("INSERT INTO case_info VALUES (?, ?)", [key, value])?;
        Ok(())
    }

    fn create_table(&self, table: &Table) -> Result<(), StoreError> {
        self.execute(&table.create())?;
        table.comments().try_for_each(|comment| self.execute(&comment))
    }

    /// Stores the version of the library that writes the file, and the storage version.
    fn state_duckdb(&self) -> Result<(), StoreError> {
        const STORAGE: &str = "SELECT COALESCE(tags['storage_version'], 'unknown') FROM duckdb_databases() \
                               WHERE database_name = current_database()";
        let library: String = self.connection.query_row("SELECT version()", [], |row| row.get(0))?;
        let storage: String = self.connection.query_row(STORAGE, [], |row| row.get(0))?;
        self.set_info("duckdb_version", &library)?;
        self.set_info("storage_version", &storage)
    }
}
