//! The views: each is one file of `sql/views/`, and the comment at its head describes it. Pure: text in, typed views out.
//!
//! The head says first what its rows are. `-- @column NAME TEXT` describes a column, and `-- @tables NAME ...` names the
//! tables that describe the columns which have no text of their own. `-- @order COLUMN, ...` says in which order the rows
//! are shown where a query asks for none: a view with a time has one. The view itself is not sorted, because other views
//! read it.

use include_dir::{Dir, File, include_dir};

use crate::table::{Column, TABLES, Table};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/sql/views");

/// One view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name, which its file has too.
    pub name: &'static str,
    /// The whole file: its head, and the statement that makes it.
    pub sql: &'static str,
    /// What its head says.
    pub head: Head<'static>,
}

/// The head of a view's file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head<'a> {
    /// What one row is, as one line.
    pub grain: String,
    /// The tables whose columns it has.
    pub tables: Vec<&'a str>,
    /// The columns that its rows are ordered by where a query asks for no order, as SQL.
    pub order: Option<&'a str>,
    /// The columns it describes itself, with their texts.
    pub columns: Vec<(&'a str, &'a str)>,
}

/// Every view, each after those it reads.
#[must_use]
pub fn shipped() -> Vec<View> {
    let mut files: Vec<&File<'_>> = FOLDER.files().collect();
    files.sort_by_key(|file| file.path());
    let view = |file: &'static File<'_>| {
        let (name, sql) = (file.path().file_stem()?.to_str()?, file.contents_utf8()?);
        Some(View { name, sql, head: Head::of(sql) })
    };
    let mut waiting: Vec<View> = files.into_iter().filter_map(view).collect();
    let mut ordered: Vec<View> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_ready = |view: &View| !waiting.iter().any(|other| other.name != view.name && view.reads(other.name));
        // Views that read each other cannot be made at all: DuckDB says so of the first.
        let next = waiting.iter().position(is_ready).unwrap_or_default();
        ordered.push(waiting.remove(next));
    }
    ordered
}

impl View {
    /// Whether its query reads a table or view of that name.
    fn reads(&self, name: &str) -> bool {
        let is_part = |char: char| char.is_alphanumeric() || char == '_';
        let query = self.query();
        query.match_indices(name).any(|(at, _)| {
            let (before, after) = (&query[..at], &query[at + name.len()..]);
            let follows = ["FROM", "JOIN"].iter().any(|word| before.trim_end().ends_with(word));
            follows && !before.ends_with(is_part) && !after.starts_with(is_part)
        })
    }

    /// Its query, without what makes a view of it. A test holds that every file has the form.
    #[must_use]
    pub fn query(&self) -> &'static str {
        let made = self.sql.split_once(&format!("CREATE OR REPLACE VIEW {} AS\n", self.name));
        made.map_or("", |(_, query)| query.trim_end().trim_end_matches(';'))
    }
}

impl<'a> Head<'a> {
    fn of(sql: &'a str) -> Self {
        let mut head = Self::default();
        let mut grain = Vec::new();
        for line in sql.lines().map_while(|line| line.strip_prefix("--")).map(str::trim) {
            if let Some(tables) = line.strip_prefix("@tables ") {
                head.tables = tables.split_whitespace().collect();
            } else if let Some(order) = line.strip_prefix("@order ") {
                head.order = Some(order);
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
    #[must_use]
    pub fn describe(&self, column: &str) -> Option<String> {
        let own = self.columns.iter().find(|(name, _)| *name == column).map(|(_, text)| (*text).to_owned());
        own.or_else(|| self.tables.iter().find_map(|table| stated(table, column)).map(Column::comment))
    }
}

/// The columns that the rows of a table or view of a case are ordered by where a query asks for no order, as SQL.
#[must_use]
pub fn order(name: &str) -> Option<&'static str> {
    let table = TABLES.into_iter().find(|table| table.name == name).and_then(Table::order);
    table.or_else(|| shipped().into_iter().find(|view| view.name == name)?.head.order)
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
        let head = Head::of(
            "-- One row\n-- is one.\n-- @order a, b\n-- @tables rejects events\n-- @column a It's A\nSELECT 1 -- no",
        );
        assert_eq!((head.grain.as_str(), head.order), ("One row is one.", Some("a, b")));
        assert_eq!(head.describe("a").as_deref(), Some("It's A"));
        assert_eq!(head.describe("cause").as_deref(), Some("Error"));
        assert_eq!(head.describe("region").as_deref(), Some("Region called [awsRegion]"));
        assert_eq!(head.describe("principal_of_none"), None);
    }

    #[test]
    fn a_view_is_in_a_file_of_its_name_and_says_what_its_rows_are() {
        for view in shipped() {
            let name = view.name;
            assert!(view.head.grain.len() > 20 && view.head.grain.ends_with('.'), "{name} says what its rows are");
            assert!(view.sql.contains(&format!("CREATE OR REPLACE VIEW {name} AS")), "{name} is in a file of its name");
            let starts = ["SELECT", "WITH"].iter().any(|word| view.query().starts_with(word));
            assert!(starts && !view.query().ends_with(';'), "{name} is one query");
        }
    }

    #[test]
    fn tables_and_views_have_their_orders() {
        let orders = ["events", "timeline", "coverage", "another"].map(order);
        assert_eq!(orders, [Some("event_time, event_id"), Some("time, id"), None, None]);
    }

    #[test]
    fn every_view_comes_after_those_that_it_reads() {
        let views = shipped();
        for (at, view) in views.iter().enumerate() {
            let later = views[at + 1..].iter().find(|later| view.reads(later.name));
            assert_eq!(later.map(|later| later.name), None, "{} is made before it", view.name);
        }
        let place = |name: &str| views.iter().position(|view| view.name == name);
        assert!(place("event_classes") < place("findings") && place("findings") < place("session_findings"));
    }
}
