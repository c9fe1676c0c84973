//! Makes a case's views, with their heads as their comments.

use super::{Case, StoreError};
use crate::digest::sha256;
use crate::table::{TABLES, literal};
use crate::view::{self, View};

/// What lines of the view `coverage` come to together: the columns of a line that sums several, as SQL.
pub const COVERAGE_SUMS: &str = "sum(console_events)::BIGINT AS console_events, sum(letter)::BIGINT AS letter, \
    sum(likeness)::BIGINT AS likeness, sum(generic)::BIGINT AS generic, sum(background)::BIGINT AS background, \
    sum(unexplained)::BIGINT AS unexplained, round(1 - sum(unexplained) / nullif(sum(console_events), 0), 4) AS share, \
    sum(commands)::BIGINT AS commands";

/// The fact of a case that tells which views were made.
const VIEWS: &str = "views";

impl Case {
    /// Makes every view anew, with its head as its comments, unless all stand as they were made by this program.
    pub(super) fn create_views(&self) -> Result<(), StoreError> {
        if self.info(VIEWS)? == Some(self.standing_views()?) {
            return Ok(());
        }
        view::shipped().iter().try_for_each(|view| self.create_view(view))?;
        self.set_info(VIEWS, &self.standing_views()?)
    }

    /// Tells both the views of this program and those of the case as they stand.
    fn standing_views(&self) -> Result<String, StoreError> {
        const STANDING: &str = "SELECT md5(COALESCE(string_agg(view_name || sql, '' ORDER BY view_name), '')) \
                                FROM duckdb_views() WHERE NOT internal";
        let standing: String = self.connection.query_row(STANDING, [], |row| row.get(0))?;
        let views = view::shipped().into_iter().map(|view| view.sql.to_owned());
        // The columns of a view have the words of its tables' columns.
        let texts: String = views.chain(TABLES.iter().flat_map(|table| table.comments())).collect();
        Ok(format!("{} {standing}", sha256(texts.as_bytes())))
    }

    fn create_view(&self, view: &View) -> Result<(), StoreError> {
        let name = view.name;
        self.execute(view.sql)?;
        self.execute(&format!("COMMENT ON VIEW {name} IS {}", literal(&view.head.grain)))?;
        for column in self.columns_of(name)? {
            if let Some(text) = view.head.describe(&column) {
                self.execute(&format!("COMMENT ON COLUMN {name}.\"{column}\" IS {}", literal(&text)))?;
            }
        }
        Ok(())
    }

    fn columns_of(&self, view: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare("SELECT column_name FROM duckdb_columns() WHERE table_name = ?")?;
        let names = statement.query_map([view], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_and_column_that_a_head_names_is_there() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let case = Case::open(&folder.path().join("case.duckdb"))?;
        for View { name, head, .. } in view::shipped() {
            let columns = case.columns_of(name)?;
            for (column, _) in &head.columns {
                assert!(columns.iter().any(|found| found == column), "{name} has no column {column}");
            }
            for table in &head.tables {
                assert!(TABLES.iter().any(|stated| stated.name == *table), "{name} names no table by {table}");
            }
        }
        Ok(())
    }

    #[test]
    fn a_view_that_was_replaced_or_dropped_is_made_anew() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("case.duckdb");
        let made = Case::open(&path)?.standing_views()?;
        for harm in ["CREATE OR REPLACE VIEW coverage AS SELECT 1 AS x", "DROP VIEW coverage"] {
            let case = Case::open(&path)?;
            case.execute(harm)?;
            assert_ne!(case.standing_views()?, made);
            drop(case);
            assert_eq!(Case::open(&path)?.standing_views()?, made);
        }
        Ok(())
    }
}
