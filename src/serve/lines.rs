//! The timeline in lines: consecutive calls share a line. The assignment of rows to lines is computed once for each query,
//! and cached for its next pages.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::AsArray;
use arrow::datatypes::{Int32Type, Int64Type};
use arrow::record_batch::RecordBatch;

use super::ServeError;
use super::filter::Filter;
use super::params::Paging;
use super::rows::{Json, object, objects};
use crate::store::Case;

const FOLDED: &str = include_str!("../../sql/serve/lines.sql");
const UNFOLDED: &str = include_str!("../../sql/serve/unfolded.sql");
const PLACE: &str = include_str!("../../sql/serve/place_lines.sql");
const OF_LINES: &str = include_str!("../../sql/serve/of_lines.sql");
const SENTENCES: &str = include_str!("../../sql/serve/timeline_lines.sql");

/// Like SENTENCES, for lines with one row each.
const SINGLE: &str = "SELECT * EXCLUDE (n, bytes_out), 1 AS rows, CASE WHEN error_code IS NULL THEN 0 ELSE 1 END AS failed \
    FROM page_rows ORDER BY n";
const COUNT: &str = "SELECT COALESCE(max(line) + 1, 0)::BIGINT, count(*) FROM served.lines_0";

/// The placeholder for the table of lines in the files above.
const TABLE: &str = "lines_0";

/// The maximum number of rows that are selected by row number. DuckDB finds these first and skips the rest.
const NAMED: usize = 5000;

/// The number of queries whose lines are cached.
const KEPT: usize = 16;

/// The lines of recent queries.
#[derive(Debug, Default)]
pub(super) struct LineTables(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    /// By query; the most recently used one is last.
    known: VecDeque<(String, Arc<LineTable>)>,
    /// The number of the next table.
    next: u64,
}

/// The lines of one query.
#[derive(Debug)]
struct LineTable {
    name: String,
    /// The number of lines and of their rows; `None` before the table is created.
    totals: Mutex<Option<Totals>>,
}

#[derive(Debug, Clone, Copy)]
struct Totals {
    lines: i64,
    rows: i64,
}

/// A query of the timeline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) filter: &'a Filter,
    /// Whether consecutive calls share a line.
    pub(super) folded: bool,
    /// `asc` or `desc`.
    pub(super) order: &'a str,
}

impl Tables {
    /// The table for a query, and the names of tables that are no longer needed.
    fn of(&mut self, question: &str) -> (Arc<LineTable>, Vec<String>) {
        if let Some(place) = self.known.iter().position(|(known, _)| known == question)
            && let Some(found) = self.known.remove(place)
        {
            let table = Arc::clone(&found.1);
            self.known.push_back(found);
            return (table, Vec::new());
        }
        let table = Arc::new(LineTable { name: format!("lines_{}", self.next + 1), totals: Mutex::new(None) });
        self.next += 1;
        self.known.push_back((question.to_owned(), Arc::clone(&table)));
        let mut dropped = Vec::new();
        while self.known.len() > KEPT {
            // A table that is being read is kept until the next time.
            let Some(place) = self.known.iter().position(|(_, table)| Arc::strong_count(table) == 1) else { break };
            dropped.extend(self.known.remove(place).map(|(_, table)| table.name.clone()));
        }
        (table, dropped)
    }
}

impl LineTables {
    /// The table of lines for a query, which is created if it does not exist. The connection's filter is set to the filter
    /// of the query.
    fn of(&self, case: &Case, asked: Asked<'_>) -> Result<(Arc<LineTable>, Totals), ServeError> {
        let setting = asked.filter.setting()?;
        case.query(&setting)?;
        let question = format!("{} {setting}", asked.folded);
        let (table, dropped) = self.0.lock().unwrap_or_else(PoisonError::into_inner).of(&question);
        for name in dropped {
            case.query(&format!("DROP TABLE IF EXISTS served.{name}"))?;
        }
        // Concurrent requests for other pages wait for the lines.
        let mut totals = table.totals.lock().unwrap_or_else(PoisonError::into_inner);
        let known = if let Some(known) = *totals {
            known
        } else {
            case.query(&table.sql(if asked.folded { FOLDED } else { UNFOLDED }))?;
            let counted = case.query(&table.sql(COUNT))?;
            *totals.insert(Totals { lines: number(&counted, 0), rows: number(&counted, 1) })
        };
        drop(totals);
        Ok((table, known))
    }

    /// Creates the lines of a query in advance.
    pub(super) fn prepare(&self, case: &Case, asked: Asked<'_>) -> Result<(), ServeError> {
        self.of(case, asked).map(|_| ())
    }

    /// One page: `{"total": N, "rows": [...]}`; with folded lines also `all`, the number of rows in all lines.
    pub(super) fn page(&self, case: &Case, asked: Asked<'_>, paging: Paging) -> Result<Json, ServeError> {
        let (table, Totals { lines, rows }) = self.of(case, asked)?;
        let (offset, limit) = (signed(paging.offset), signed(paging.limit));
        let first = if asked.order == "desc" { lines.saturating_sub(offset).saturating_sub(limit) } else { offset };
        let last = if asked.order == "desc" { lines.saturating_sub(offset) } else { offset.saturating_add(limit) };
        case.query(&table.sql(&format!(
            "CREATE OR REPLACE TEMP TABLE page_lines AS FROM served.lines_0 WHERE line >= {first} AND line < {last}"
        )))?;
        let shown = read_rows(case)?;
        if !asked.folded {
            let sql = format!("SELECT * EXCLUDE (n) FROM page_rows ORDER BY n {}", asked.order);
            return Ok(Json(format!(r#"{{"total":{lines},"rows":{}}}"#, objects(&case.query(&sql)?)?)));
        }
        let on_page = last.min(lines).saturating_sub(first.max(0));
        let rows_in_lines = if i64::try_from(shown) == Ok(on_page) {
            // If no line has several rows, there is nothing to summarize.
            case.query(&format!("{SINGLE} {}", asked.order))?
        } else {
            case.query_with(SENTENCES, &[asked.order.to_owned()])?
        };
        Ok(Json(format!(r#"{{"total":{lines},"all":{rows},"rows":{}}}"#, objects(&rows_in_lines)?)))
    }

    /// Finds the row `id`: `{"index": N, "id": ID}`, the index of its line, and the first row of that line; `null` if no
    /// line contains it.
    pub(super) fn place(&self, case: &Case, asked: Asked<'_>, id: &str) -> Result<Json, ServeError> {
        let (table, _) = self.of(case, asked)?;
        let found = object(&case.query_with(&table.sql(PLACE), &[id.to_owned(), asked.order.to_owned()])?)?;
        Ok(Json::from(&found.unwrap_or_default()))
    }

    /// One page of the rows of the line whose first row is `id`: `{"total": N, "rows": [...]}`.
    pub(super) fn rows_of(&self, case: &Case, filter: &Filter, id: &str, paging: Paging) -> Result<Json, ServeError> {
        self.choose(case, filter, std::slice::from_ref(&id.to_owned()))?;
        let total = case.query("SELECT count(*) FROM page_lines")?;
        let rows =
            format!("SELECT * EXCLUDE (n) FROM page_rows ORDER BY n LIMIT {} OFFSET {}", paging.limit, paging.offset);
        Ok(Json(format!(r#"{{"total":{},"rows":{}}}"#, number(&total, 0), objects(&case.query(&rows)?)?)))
    }

    /// Creates the temporary table `page_rows`: the rows of the lines whose first rows have these IDs.
    pub(super) fn choose(&self, case: &Case, filter: &Filter, ids: &[String]) -> Result<(), ServeError> {
        let (table, _) = self.of(case, Asked { filter, folded: true, order: "asc" })?;
        case.query_with(&table.sql(OF_LINES), &[serde_json::to_string(ids)?])?;
        read_rows(case)?;
        Ok(())
    }
}

impl LineTable {
    /// A query from `sql/serve/`, for this table.
    fn sql(&self, sql: &str) -> String {
        sql.replace(TABLE, &self.name)
    }
}

/// Creates the temporary table `page_rows`: the rows of the timeline that `page_lines` names. Returns their number.
fn read_rows(case: &Case) -> Result<usize, ServeError> {
    let named = case.query("SELECT n FROM page_lines")?;
    let numbers: Vec<String> = named
        .iter()
        .filter_map(|batch| batch.column(0).as_primitive_opt::<Int32Type>())
        .flat_map(|numbers| numbers.values().iter().map(ToString::to_string))
        .collect();
    let these = match numbers.len() {
        0 => "WHERE FALSE".to_owned(),
        1..=NAMED => format!("WHERE n IN ({})", numbers.join(", ")),
        _ => "SEMI JOIN page_lines USING (n)".to_owned(),
    };
    let rows = format!("CREATE OR REPLACE TEMP TABLE page_rows AS FROM served.visible {these}");
    case.query(&rows)?;
    Ok(numbers.len())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn number(batches: &[RecordBatch], column: usize) -> i64 {
    let value =
        batches.first().and_then(|batch| batch.column(column).as_primitive_opt::<Int64Type>()?.iter().next()?);
    value.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_tables_and_tables_in_use_are_kept() {
        let mut tables = Tables::default();
        let (first, _) = tables.of("first");
        let names: Vec<String> = (0..KEPT).flat_map(|number| tables.of(&number.to_string()).1).collect();
        // The first table is in use, so the second one is the oldest that can be removed.
        assert_eq!(names, ["lines_2"]);
        assert!(Arc::ptr_eq(&first, &tables.of("first").0));
        drop(first);
        // The first table is now the most recently used one.
        assert_eq!(tables.of("next").1, ["lines_3"]);
        assert_eq!(tables.known.len(), KEPT);
    }
}
