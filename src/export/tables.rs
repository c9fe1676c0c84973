//! The tables of a case as Parquet files that DuckDB, pyarrow and Spark read in the same way.

use std::path::Path;

use super::ExportError;
use crate::store::{Case, ParquetCopy};
use crate::table::{
    ADDRESSES, Column, ColumnKind, EVENT_SIGNAL, EVENTS, RULES, SESSIONS, SIGNAL_ENTITIES, SIGNALS, Table, identifier,
};

/// The tables of a Parquet export, each in a folder with its name.
pub const PARQUET_TABLES: [&Table; 7] =
    [&EVENTS, &SIGNALS, &EVENT_SIGNAL, &SESSIONS, &SIGNAL_ENTITIES, &RULES, &ADDRESSES];

/// The partition columns of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// `account=…`: the account that the event happened in. Readers may interpret it as a number; `account_id` stays in the
    /// files.
    Account,
    /// `region=…`: the files then have no `region` column.
    Region,
    /// `day=YYYY-MM-DD`, UTC.
    Day,
}

impl Partition {
    /// The folder's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Region => "region",
            Self::Day => "day",
        }
    }

    /// The column of `events` with that name.
    const fn column(self) -> &'static str {
        match self {
            Self::Account => "account_id AS account",
            Self::Region => "region",
            Self::Day => "strftime(event_time, '%Y-%m-%d') AS day",
        }
    }
}

/// Writes a table into an existing empty folder. Times are UTC-adjusted, ENUMs and JSON are text, rows are sorted;
/// `partition` splits the events into folders.
///
/// # Errors
/// DuckDB's message; some of the files may then exist.
pub fn parquet(case: &Case, table: &Table, partition: &[Partition], folder: &Path) -> Result<(), ExportError> {
    case.in_utc();
    let folders = if *table == EVENTS && has_rows(case)? { partition } else { &[] };
    let names: Vec<&str> = folders.iter().map(|folder| folder.as_str()).collect();
    let path = if names.is_empty() { folder.join("data_0.parquet") } else { folder.to_owned() };
    let query = query(table, folders);
    Ok(case.copy_parquet(ParquetCopy { query: &query, partition: &names, path: &path })?)
}

/// Without rows there are no folders, and no file to read the columns from.
fn has_rows(case: &Case) -> Result<bool, ExportError> {
    let found = case.query("SELECT 1 FROM events LIMIT 1")?;
    Ok(found.iter().any(|batch| batch.num_rows() > 0))
}

fn query(table: &Table, folders: &[Partition]) -> String {
    let own = |column: &&Column| !folders.iter().any(|folder| folder.as_str() == column.name);
    let columns = table.columns.iter().filter(own).map(plain);
    let columns: Vec<String> = columns.chain(folders.iter().map(|folder| folder.column().to_owned())).collect();
    let names = folders.iter().map(|folder| folder.as_str()).chain(table.order());
    format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), table.name, names.collect::<Vec<_>>().join(", "))
}

/// A column as a type that every reader supports.
fn plain(column: &Column) -> String {
    let name = identifier(column.name);
    match column.kind {
        ColumnKind::Timestamp => format!("{name}::TIMESTAMPTZ AS {name}"),
        ColumnKind::Json | ColumnKind::Enum(_) => format!("{name}::VARCHAR AS {name}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parquet_table_has_sort_order() {
        assert!(PARQUET_TABLES.iter().all(|table| table.order().is_some()));
    }

    #[test]
    fn partition_replaces_column_with_same_name() {
        let sql = query(&EVENTS, &[Partition::Account, Partition::Region]);
        assert!(
            sql.contains("account_id AS account, region FROM events ORDER BY account, region, event_time, event_id")
        );
        assert!(sql.contains("\"account_id\"") && !sql.contains("\"region\""), "{sql}");
        assert!(query(&SIGNALS, &[]).contains("\"kind\"::VARCHAR AS \"kind\""));
    }
}
