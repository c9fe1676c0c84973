//! Creates a case's views, with their headers as comments.

use std::collections::HashMap;

use super::{Case, StoreError};
use crate::digest::sha256;
use crate::table::{TABLES, literal};
use crate::view::{self, View, ViewHeader};

/// The totals of several rows of the `coverage` view: the columns of their sum, as SQL.
pub const COVERAGE_SUMS: &str = "sum(clicks)::BIGINT AS clicks, sum(on_known_page)::BIGINT AS on_known_page, \
    sum(high_confidence)::BIGINT AS high_confidence, \
    round(sum(mean_confidence * on_known_page) / nullif(sum(on_known_page), 0), 4) AS mean_confidence, \
    sum(visits)::BIGINT AS visits, sum(generic_changes)::BIGINT AS generic_changes, sum(commands)::BIGINT AS commands, \
    sum(console_events)::BIGINT AS console_events, sum(background_events)::BIGINT AS background_events, \
    sum(unexplained_events)::BIGINT AS unexplained_events";

/// The key of the fact that identifies the texts of the case's views.
const VIEWS: &str = "views";

impl Case {
    /// Recreates all views, with their headers as comments, unless all are as this program created them.
    pub(super) fn create_views(&self) -> Result<(), StoreError> {
        let (views, texts) = (view::shipped(), texts());
        if self.info(VIEWS)?.as_ref() == Some(&texts) && self.has_shipped_views(&views)? {
            return Ok(());
        }
        views.iter().try_for_each(|view| self.execute(view.sql))?;
        self.comment_views(&views)?;
        self.set_info(VIEWS, &texts)
    }

    /// Shadows the views with this program's temporary views, unless all are identical: the case may contain views from
    /// another version, or views that were changed.
    pub(super) fn shadow_foreign_views(&mut self) -> Result<(), StoreError> {
        let views = view::shipped();
        self.has_foreign_views = !self.has_shipped_views(&views)?;
        if self.has_foreign_views { self.create_temporary_views() } else { Ok(()) }
    }

    /// Whether the case, as it was opened, has all these views, with these queries. Comments do not prove that: anyone can
    /// write them.
    fn has_shipped_views(&self, views: &[View]) -> Result<bool, StoreError> {
        // Both are compared in the normalized form of DuckDB's parser. Text that is not a query has no normalized form, and
        // therefore differs.
        let written = |text: &str| format!("TRY(json_deserialize_sql(json_serialize_sql({})))", literal(text));
        let shipped: Vec<String> =
            views.iter().map(|view| format!("({}, {})", literal(view.name), written(view.query()))).collect();
        let pairs = format!(
            "SELECT there.sql, 'CREATE VIEW ' || shipped.name || ' AS ' || shipped.query || ';' \
             FROM (VALUES {}) AS shipped(name, query) JOIN duckdb_views() AS there \
             ON there.view_name = shipped.name AND NOT there.internal AND there.schema_name = 'main'",
            shipped.join(", ")
        );
        let mut statement = self.connection.prepare(&pairs)?;
        let pairs = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)))?;
        let mut same = 0;
        for pair in pairs {
            let (there, shipped) = pair?;
            same +=
                usize::from(shipped.is_some_and(|shipped| with_sorted_stars(&there) == with_sorted_stars(&shipped)));
        }
        Ok(same == views.len())
    }

    /// Creates this program's views as temporary views, which exist only on this connection.
    pub(super) fn create_temporary_views(&self) -> Result<(), StoreError> {
        let temporary = |view: &View| format!("CREATE OR REPLACE TEMP VIEW {} AS {};", view.name, view.query());
        view::shipped().iter().try_for_each(|view| self.execute(&temporary(view)))
    }

    /// Refuses a case with an object that would shadow one of this program's tables or DuckDB's functions.
    pub(super) fn refuse_foreign_names(&self) -> Result<(), StoreError> {
        let tables: Vec<String> = TABLES.iter().map(|table| literal(table.name)).collect();
        let sql = format!(
            "WITH functions AS MATERIALIZED (SELECT function_name AS name, internal FROM duckdb_functions()) \
             SELECT 'view ' || view_name FROM duckdb_views() WHERE NOT internal AND view_name IN ({}) UNION ALL \
             SELECT 'macro ' || name FROM functions WHERE NOT internal AND name IN \
             (SELECT name FROM functions WHERE internal) LIMIT 1",
            tables.join(", ")
        );
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        match rows.next()? {
            Some(row) => Err(StoreError::Foreign { path: self.path.clone(), name: row.get(0)? }),
            None => Ok(()),
        }
    }

    /// Sets the headers of views as comments, in one statement: DuckDB collects all columns for each query.
    fn comment_views(&self, views: &[View]) -> Result<(), StoreError> {
        let heads: HashMap<&str, &ViewHeader<'_>> = views.iter().map(|view| (view.name, &view.head)).collect();
        let of_view = |view: &View| format!("COMMENT ON VIEW {} IS {};", view.name, literal(&view.head.grain));
        let of_column = |(view, column): (String, String)| {
            let text = heads.get(view.as_str())?.describe(&column)?;
            Some(format!("COMMENT ON COLUMN {view}.\"{column}\" IS {};", literal(&text)))
        };
        let columns = self.columns()?.into_iter().filter_map(of_column);
        self.execute(&views.iter().map(of_view).chain(columns).collect::<String>())
    }

    /// Every column, with the table or view it belongs to.
    fn columns(&self) -> Result<Vec<(String, String)>, StoreError> {
        let columns = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal";
        let mut statement = self.connection.prepare(columns)?;
        let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(columns.collect::<Result<_, _>>()?)
    }
}

/// A query with the names in each `EXCLUDE (…)` sorted. DuckDB keeps them in a hash table, so their order changes when a case
/// is written again.
fn with_sorted_stars(query: &str) -> String {
    const LIST: &str = " EXCLUDE (";
    let mut parts = query.split(LIST);
    let mut sorted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (names, rest) = part.split_once(')').unwrap_or((part, ""));
        let mut names: Vec<&str> = names.split(", ").collect();
        names.sort_unstable();
        sorted.push_str(LIST);
        sorted.push_str(&names.join(", "));
        sorted.push(')');
        sorted.push_str(rest);
    }
    sorted
}

/// The hash of everything that views are created from, including the descriptions of table columns.
fn texts() -> String {
    let views = view::shipped().into_iter().map(|view| view.sql.to_owned());
    let texts: String = views.chain(TABLES.iter().flat_map(|table| table.comments())).collect();
    sha256(texts.as_bytes())
}

#[cfg(test)]
mod tests {
    use duckdb::AccessMode;

    use super::*;

    #[test]
    fn tables_and_columns_named_in_headers_exist() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let case = Case::open(&folder.path().join("case.duckdb"))?;
        let columns = case.columns()?;
        for View { name, head, .. } in view::shipped() {
            for (column, _) in &head.columns {
                assert!(columns.contains(&(name.to_owned(), (*column).to_owned())), "{name} has no column {column}");
            }
            for table in &head.tables {
                assert!(
                    TABLES.iter().any(|stated| stated.name == *table),
                    "the header of {name} names an unknown table: {table}"
                );
            }
        }
        Ok(())
    }

    #[test]
    fn views_are_recognized_after_the_case_was_written_several_times() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("case.duckdb");
        drop(Case::open(&path)?);
        for _ in 0..3 {
            let case = Case::connect(&path, AccessMode::ReadWrite)?;
            assert!(case.has_shipped_views(&view::shipped())?);
            case.execute("CREATE OR REPLACE TABLE other AS SELECT 1 AS x; CHECKPOINT")?;
        }
        assert!(!Case::open_read_only(&path)?.has_foreign_views);
        Ok(())
    }

    #[test]
    fn excluded_columns_are_compared_in_any_order() {
        let query = |names: &str| with_sorted_stars(&format!("SELECT * EXCLUDE ({names}), (a) FROM x"));
        assert_eq!(query("b, \"class\", a"), query("a, b, \"class\""));
        assert_ne!(query("a, b"), query("a, c"));
        assert_eq!(with_sorted_stars("SELECT (b, a) FROM x"), "SELECT (b, a) FROM x");
    }

    #[test]
    fn views_are_recreated_only_if_replaced_or_dropped() -> Result<(), Box<dyn std::error::Error>> {
        const MARK: &str = "COMMENT ON COLUMN timeline.title IS 'marked'";
        const MARKED: &str = "SELECT count(*) = 1 FROM duckdb_columns() WHERE comment = 'marked'";
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("case.duckdb");
        let marked = |case: &Case| case.connection.query_row(MARKED, [], |row| row.get::<_, bool>(0));
        Case::open(&path)?.execute(MARK)?;
        assert!(marked(&Case::open(&path)?)?);
        let grain = view::shipped().into_iter().find(|view| view.name == "coverage").map(|view| view.head.grain);
        let same_comment = format!(
            "CREATE OR REPLACE VIEW coverage AS SELECT 1 AS x; COMMENT ON VIEW coverage IS {}",
            literal(&grain.unwrap_or_default())
        );
        for change in ["CREATE OR REPLACE VIEW coverage AS SELECT 1 AS x", "DROP VIEW coverage", &same_comment] {
            Case::open(&path)?.execute(&format!("{MARK}; {change}"))?;
            let case = Case::open(&path)?;
            assert!(!marked(&case)?);
            assert!(case.columns()?.contains(&("coverage".to_owned(), "on_known_page".to_owned())));
        }
        Ok(())
    }
}
