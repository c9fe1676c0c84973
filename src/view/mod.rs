//! The views. Each is one file in `sql/views/`, documented by its header comment. Pure: parses text into typed views.
//!
//! The header first states what a row represents. `-- @column NAME TEXT` documents a column, and `-- @tables NAME ...` lists
//! the tables whose documentation applies to all other columns. `-- @order COLUMN, ...` states the default order of the
//! rows, for queries that do not specify an order; every view with a time has a default order. The view itself is not
//! sorted, because other views read it.

use include_dir::{Dir, File, include_dir};

use crate::table::{Column, TABLES, Table};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/sql/views");

/// One view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name, which is also the name of its file.
    pub name: &'static str,
    /// The whole file: its header, and the statement that creates it.
    pub sql: &'static str,
    /// Its header.
    pub head: ViewHeader<'static>,
}

/// The header of a view's file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewHeader<'a> {
    /// What a row represents, as one line.
    pub grain: String,
    /// The tables whose columns it contains.
    pub tables: Vec<&'a str>,
    /// The default order of the rows, as SQL.
    pub order: Option<&'a str>,
    /// The columns that it documents itself, with their descriptions.
    pub columns: Vec<(&'a str, &'a str)>,
}

/// All views, each after the views that it reads.
#[must_use]
pub fn shipped() -> Vec<View> {
    let mut files: Vec<&File<'_>> = FOLDER.files().collect();
    files.sort_by_key(|file| file.path());
    let view = |file: &'static File<'_>| {
        let (name, sql) = (file.path().file_stem()?.to_str()?, file.contents_utf8()?);
        Some(View { name, sql, head: ViewHeader::of(sql) })
    };
    let mut remaining: Vec<View> = files.into_iter().filter_map(view).collect();
    let mut ordered: Vec<View> = Vec::with_capacity(remaining.len());
    while !remaining.is_empty() {
        let is_ready = |view: &View| !remaining.iter().any(|other| other.name != view.name && view.reads(other.name));
        // Views that read each other cannot be created: DuckDB reports an error for the first.
        let next = remaining.iter().position(is_ready).unwrap_or_default();
        ordered.push(remaining.remove(next));
    }
    ordered
}

impl View {
    /// Whether its query reads a table or view with this name.
    fn reads(&self, name: &str) -> bool {
        let is_part = |char: char| char.is_alphanumeric() || char == '_';
        let query = self.query();
        query.match_indices(name).any(|(at, _)| {
            let (before, after) = (&query[..at], &query[at + name.len()..]);
            let follows = ["FROM", "JOIN"].iter().any(|word| before.trim_end().ends_with(word));
            follows && !before.ends_with(is_part) && !after.starts_with(is_part)
        })
    }

    /// Its query, without `CREATE VIEW`. A test checks that every file has this form.
    #[must_use]
    pub fn query(&self) -> &'static str {
        let made = self.sql.split_once(&format!("CREATE OR REPLACE VIEW {} AS\n", self.name));
        made.map_or("", |(_, query)| query.trim_end().trim_end_matches(';'))
    }
}

impl<'a> ViewHeader<'a> {
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

    /// The documentation of a column: from the view itself, or else from the first table that contains the column.
    #[must_use]
    pub fn describe(&self, column: &str) -> Option<String> {
        let own = self.columns.iter().find(|(name, _)| *name == column).map(|(_, text)| (*text).to_owned());
        own.or_else(|| self.tables.iter().find_map(|table| stated(table, column)).map(Column::comment))
    }
}

/// The default order of the rows of a table or view of a case, as SQL.
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
    fn header_documents_view_and_columns() {
        let head = ViewHeader::of(
            "-- One row\n-- is one.\n-- @order a, b\n-- @tables rejects events\n-- @column a It's A\nSELECT 1 -- no",
        );
        assert_eq!((head.grain.as_str(), head.order), ("One row is one.", Some("a, b")));
        assert_eq!(head.describe("a").as_deref(), Some("It's A"));
        assert_eq!(head.describe("cause").as_deref(), Some("Error"));
        assert_eq!(head.describe("region").as_deref(), Some("Region that the request was sent to [awsRegion]"));
        assert_eq!(head.describe("principal_of_none"), None);
    }

    #[test]
    fn view_matches_file_name_and_states_grain() {
        for view in shipped() {
            let name = view.name;
            assert!(
                view.head.grain.len() > 20 && view.head.grain.ends_with('.'),
                "{name} does not state what its rows are"
            );
            assert!(
                view.sql.contains(&format!("CREATE OR REPLACE VIEW {name} AS")),
                "{name} is not in a file with the same name"
            );
            let starts = ["SELECT", "WITH"].iter().any(|word| view.query().starts_with(word));
            assert!(starts && !view.query().ends_with(';'), "{name} is not one query");
        }
    }

    #[test]
    fn tables_and_views_have_default_orders() {
        let orders = ["events", "timeline", "coverage", "another"].map(order);
        assert_eq!(orders, [Some("event_time, event_id"), Some("time, id"), None, None]);
    }

    #[test]
    fn views_are_ordered_by_dependencies() {
        let views = shipped();
        for (at, view) in views.iter().enumerate() {
            let later = views[at + 1..].iter().find(|later| view.reads(later.name));
            assert_eq!(later.map(|later| later.name), None, "{} reads a later view", view.name);
        }
        let place = |name: &str| views.iter().position(|view| view.name == name);
        assert!(place("event_classes") < place("findings") && place("findings") < place("session_findings"));
    }
}
