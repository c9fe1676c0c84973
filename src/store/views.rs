//! Makes a case's views: each is one file of `sql/views/`, and the comment at its head describes it.
//!
//! The head says first what one row is. `-- @column NAME TEXT` describes a column, and `-- @tables NAME ...` names the
//! tables that describe the columns which have no text of their own.

use include_dir::{Dir, File, include_dir};

use super::{Case, StoreError};
use crate::table::{Column, TABLES, literal};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/sql/views");
/// The view that others read; it has to be there first.
const BASE: &str = "event_signals.sql";

/// What lines of the view `coverage` come to together: the columns of a line that sums several, as SQL.
pub const COVERAGE_SUMS: &str = "sum(console_events)::BIGINT AS console_events, sum(letter)::BIGINT AS letter, \
    sum(likeness)::BIGINT AS likeness, sum(generic)::BIGINT AS generic, sum(background)::BIGINT AS background, \
    sum(unexplained)::BIGINT AS unexplained, round(1 - sum(unexplained) / nullif(sum(console_events), 0), 4) AS share, \
    sum(commands)::BIGINT AS commands";

/// The head of a view's file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Head<'a> {
    /// What one row is, as one line.
    grain: String,
    /// The tables whose columns it has.
    tables: Vec<&'a str>,
    /// The columns it describes itself, with their texts.
    columns: Vec<(&'a str, &'a str)>,
}

impl Case {
    /// Makes every view anew, with its head as its comments.
    pub(super) fn create_views(&self) -> Result<(), StoreError> {
        files().into_iter().try_for_each(|(name, sql)| self.create_view(name, sql))
    }

    fn create_view(&self, name: &str, sql: &str) -> Result<(), StoreError> {
        self.execute(sql)?;
        let head = Head::of(sql);
        self.execute(&format!("COMMENT ON VIEW {name} IS {}", literal(&head.grain)))?;
        for column in self.columns_of(name)? {
            if let Some(text) = head.describe(&column) {
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

/// The views' names and statements, each after those it reads.
fn files() -> Vec<(&'static str, &'static str)> {
    let mut files: Vec<&File<'_>> = FOLDER.files().collect();
    files.sort_by_key(|file| (!file.path().ends_with(BASE), file.path()));
    let named = |file: &'static File<'_>| Some((file.path().file_stem()?.to_str()?, file.contents_utf8()?));
    files.into_iter().filter_map(named).collect()
}

impl<'a> Head<'a> {
    fn of(sql: &'a str) -> Self {
        let mut head = Self::default();
        let mut grain = Vec::new();
        for line in sql.lines().map_while(|line| line.strip_prefix("--")).map(str::trim) {
            if let Some(tables) = line.strip_prefix("@tables ") {
                head.tables = tables.split_whitespace().collect();
            } else if let Some(column) = line.strip_prefix("@column ") {
                head.columns.extend(column.split_once(' '));
            } else {
                grain.push(line);
            }
        }
        head.grain = grain.join(" ");
        head
    }

    /// What a column of the view holds: in the view's own words, else in those of the first table that has it.
    fn describe(&self, column: &str) -> Option<String> {
        let own = self.columns.iter().find(|(name, _)| *name == column).map(|(_, text)| (*text).to_owned());
        own.or_else(|| self.tables.iter().find_map(|table| stated(table, column)).map(Column::comment))
    }
}

fn stated(table: &str, column: &str) -> Option<&'static Column> {
    let table = TABLES.into_iter().find(|stated| stated.name == table)?;
    table.columns.iter().find(|stated| stated.name == column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_describes_the_view_and_its_columns() {
        let head = Head::of("-- One row\n-- is one.\n-- @tables rejects events\n-- @column a It's A\nSELECT 1 -- no");
        assert_eq!(head.grain, "One row is one.");
        assert_eq!(head.describe("a").as_deref(), Some("It's A"));
        assert_eq!(head.describe("cause").as_deref(), Some("What is wrong with it"));
        assert_eq!(head.describe("region").as_deref(), Some("The region called [awsRegion]"));
        assert_eq!(head.describe("principal_of_none"), None);
    }

    #[test]
    fn a_view_is_in_a_file_of_its_name_and_says_what_one_row_is() {
        for (name, sql) in files() {
            assert!(Head::of(sql).grain.starts_with("One row is one "), "{name} says what one row is");
            assert!(sql.contains(&format!("CREATE OR REPLACE VIEW {name} AS")), "{name} is in a file of its name");
        }
    }

    #[test]
    fn the_view_that_others_read_comes_first() {
        assert_eq!(files().first().map(|(name, _)| *name), Some("event_signals"));
    }

    #[test]
    fn every_table_and_column_that_a_head_names_is_there() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let case = Case::open(&folder.path().join("case.duckdb"))?;
        for (name, sql) in files() {
            let (head, columns) = (Head::of(sql), case.columns_of(name)?);
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
