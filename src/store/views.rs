//! Makes a case's views, with their heads as their comments.

use super::{Case, StoreError};
use crate::table::literal;
use crate::view::{self, View};

/// What lines of the view `coverage` come to together: the columns of a line that sums several, as SQL.
pub const COVERAGE_SUMS: &str = "sum(console_events)::BIGINT AS console_events, sum(letter)::BIGINT AS letter, \
    sum(likeness)::BIGINT AS likeness, sum(generic)::BIGINT AS generic, sum(background)::BIGINT AS background, \
    sum(unexplained)::BIGINT AS unexplained, round(1 - sum(unexplained) / nullif(sum(console_events), 0), 4) AS share, \
    sum(commands)::BIGINT AS commands";

impl Case {
    /// Makes every view anew, with its head as its comments.
    pub(super) fn create_views(&self) -> Result<(), StoreError> {
        view::shipped().iter().try_for_each(|view| self.create_view(view))
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
    use crate::table::TABLES;

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
}
