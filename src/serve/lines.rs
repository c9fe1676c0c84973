//! The timeline in lines: calls that follow each other share one.

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use arrow::record_batch::RecordBatch;

use super::ServeError;
use super::filter::Filter;
use super::params::Paging;
use super::rows::{Json, object, objects};
use crate::store::Case;
use crate::table::literal;

const LINES: &str = include_str!("../../sql/serve/lines.sql");
const PAGE: &str = include_str!("../../sql/serve/page_lines.sql");
const PLACE: &str = include_str!("../../sql/serve/place_lines.sql");
const SENTENCES: &str = include_str!("../../sql/serve/timeline_lines.sql");

/// The rows of the lines that begin with the rows `$1`, a JSON list of ids.
const OF_LINES: &str = "CREATE OR REPLACE TEMP TABLE page_lines AS SELECT p.id AS line_id, l.place, l.id \
    FROM line AS p JOIN lines AS l ON l.place BETWEEN p.first_place AND p.last_place \
    WHERE p.id IN (SELECT unnest(from_json($1, '[\"VARCHAR\"]')))";

/// So many rows are named by their ids: DuckDB looks for these first, and reads nothing else of all others.
const NAMED: usize = 5000;

/// One page of lines: `{"total": N, "all": N, "rows": [...]}`, where `all` counts the rows that stand in lines.
pub(super) fn page(case: &Case, filter: &Filter, order: &str, paging: Paging) -> Result<Json, ServeError> {
    fold(case, filter)?;
    let totals = case.query("SELECT count(*) FILTER (begins), count(*) FROM lines")?;
    let params = [paging.limit.to_string(), paging.offset.to_string(), order.to_owned()];
    case.query_with(PAGE, &params)?;
    read_rows(case)?;
    let rows = objects(&case.query_with(SENTENCES, &[order.to_owned()])?)?;
    Ok(Json(format!(r#"{{"total":{},"all":{},"rows":{rows}}}"#, number(&totals, 0), number(&totals, 1))))
}

/// Where the row `id` is: `{"index": N, "id": ID}`, the place of its line and the row that this begins with; `null` if none of the
/// lines has it.
pub(super) fn place(case: &Case, filter: &Filter, id: &str, order: &str) -> Result<Json, ServeError> {
    fold(case, filter)?;
    let found = object(&case.query_with(PLACE, &[id.to_owned(), order.to_owned()])?)?;
    Ok(Json::from(&found.unwrap_or_default()))
}

/// One page of the rows of the line that begins with the row `id`: `{"total": N, "rows": [...]}`.
pub(super) fn rows_of(case: &Case, filter: &Filter, id: &str, paging: Paging) -> Result<Json, ServeError> {
    choose(case, filter, std::slice::from_ref(&id.to_owned()))?;
    let total = case.query("SELECT count(*) FROM page_lines")?;
    let rows = format!("SELECT * FROM page_rows ORDER BY time, id LIMIT {} OFFSET {}", paging.limit, paging.offset);
    Ok(Json(format!(r#"{{"total":{},"rows":{}}}"#, number(&total, 0), objects(&case.query(&rows)?)?)))
}

/// Makes the temporary table `page_rows`: the rows of the lines that begin with the rows of these ids.
pub(super) fn choose(case: &Case, filter: &Filter, ids: &[String]) -> Result<(), ServeError> {
    fold(case, filter)?;
    case.query_with(OF_LINES, &[serde_json::to_string(ids)?])?;
    read_rows(case)
}

/// Makes the temporary table `lines` of the rows that are asked for.
fn fold(case: &Case, filter: &Filter) -> Result<(), ServeError> {
    case.query(&filter.setting()?)?;
    case.query(LINES)?;
    Ok(())
}

/// Makes the temporary table `page_rows`: the rows of the timeline that `page_lines` names.
fn read_rows(case: &Case) -> Result<(), ServeError> {
    let named = case.query("SELECT id FROM page_lines")?;
    let ids: Vec<String> = named
        .iter()
        .filter_map(|batch| batch.column(0).as_string_opt::<i32>())
        .flat_map(|ids| ids.iter().flatten().map(literal))
        .collect();
    let these = match ids.len() {
        0 => "WHERE FALSE".to_owned(),
        1..=NAMED => format!("WHERE id IN ({})", ids.join(", ")),
        _ => "SEMI JOIN page_lines USING (id)".to_owned(),
    };
    case.query(&format!("CREATE OR REPLACE TEMP TABLE page_rows AS FROM served.shown {these}"))?;
    Ok(())
}

fn number(batches: &[RecordBatch], column: usize) -> i64 {
    let value =
        batches.first().and_then(|batch| batch.column(column).as_primitive_opt::<Int64Type>()?.iter().next()?);
    value.unwrap_or_default()
}
