//! The contents of a report on selected sessions, queried once, so that all formats have the same contents.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use arrow::array::Array;
use arrow::json::ArrayWriter;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ExportError;
use crate::batch::Columns;
use crate::event::Timestamp;
use crate::present::Entry;
use crate::present::report::{Bins, Listed, Report, ReportMetadata, Scope, SigmaSearch, Totals};
use crate::sigma::{self, Search};
use crate::store::Case;
use crate::table::literal;

/// Selects the scope of the other queries.
const SCOPE: &str = include_str!("../../sql/report/scope.sql");
const TOTALS: &str = include_str!("../../sql/report/totals.sql");
const SESSIONS: &str = include_str!("../../sql/report/sessions.sql");
const SIGN_INS: &str = include_str!("../../sql/report/sign_ins.sql");
const DEEDS: &str = include_str!("../../sql/report/deeds.sql");
const PATTERNS: &str = include_str!("../../sql/report/patterns.sql");
const DENIED: &str = include_str!("../../sql/report/denied.sql");
const LINKS: &str = include_str!("../../sql/report/links.sql");
const DATA_OUT: &str = include_str!("../../sql/report/data_out.sql");
const REMEDIES: &str = include_str!("../../sql/report/remedies.sql");
const NETWORKS: &str = include_str!("../../sql/report/networks.sql");
const BINS: &str = include_str!("../../sql/report/bins.sql");
const LINES: &str = include_str!("../../sql/report/lines.sql");
const THINGS: &str = include_str!("../../sql/report/things.sql");
const SEEN: &str = include_str!("../../sql/report/seen.sql");
const TECHNIQUES: &str = include_str!("../../sql/report/techniques.sql");
const SIGMA: &str = include_str!("../../sql/report/sigma.sql");
const UNEXPLAINED: &str = include_str!("../../sql/report/unexplained.sql");
const FILES: &str = include_str!("../../sql/report/files.sql");
const INTEGRITY: &str = include_str!("../../sql/report/integrity.sql");
const GAPS: &str = include_str!("../../sql/report/gaps.sql");

/// The maximum numbers of items, so that even the report on the largest case can be opened and printed.
const MOST_LINES: usize = 5000;
const MOST_SESSIONS: usize = 200;
const MOST_SIGN_INS: usize = 2000;
const MOST_DEEDS: usize = 240;
const MOST_THINGS: usize = 300;
const MOST_FILES: usize = 200;
const MOST_OTHERS: usize = 50;

/// Queries a case for the contents of a report on the sessions in its scope. `making` need not contain facts about the
/// case.
///
/// # Errors
/// [`ExportError::NoSession`] if no session is in the scope, and DuckDB's message.
pub fn report(case: &Case, scope: Scope, making: ReportMetadata) -> Result<Report, ExportError> {
    let totals = choose(case, &scope)?;
    if totals.sessions == 0 {
        return Err(ExportError::NoSession);
    }
    let sessions = listed(case, SESSIONS, MOST_SESSIONS)?;
    Ok(Report {
        scope,
        making: ReportMetadata { case: facts(case)?, ..making },
        totals,
        sessions,
        sign_ins: listed(case, SIGN_INS, MOST_SIGN_INS)?,
        deeds: listed(case, DEEDS, MOST_DEEDS)?.rows,
        patterns: listed(case, PATTERNS, MOST_OTHERS)?.rows,
        denied: listed(case, DENIED, MOST_OTHERS)?.rows,
        links: listed(case, LINKS, MOST_SESSIONS)?,
        taken: listed(case, DATA_OUT, MOST_OTHERS)?,
        remedies: listed(case, REMEDIES, MOST_THINGS)?,
        networks: listed(case, NETWORKS, MOST_OTHERS)?,
        bins: bins(case, &totals)?,
        lines: lines(case)?,
        things: listed(case, THINGS, MOST_THINGS)?,
        seen: listed(case, SEEN, MOST_OTHERS)?.rows,
        techniques: listed(case, TECHNIQUES, MOST_OTHERS)?.rows,
        sigma_search: sigma_search(case)?,
        sigma: listed(case, SIGMA, MOST_OTHERS)?,
        unexplained: listed(case, UNEXPLAINED, MOST_OTHERS)?,
        files: listed(case, FILES, MOST_FILES)?,
        integrity: rows(case, INTEGRITY)?.into_iter().next().unwrap_or_default(),
        gaps: rows(case, GAPS)?,
        // After all queries, because they find the damage.
        damaged_rows: case.damaged_rows(),
    })
}

/// Sets the scope, selects the sessions, and counts their activity.
fn choose(case: &Case, scope: &Scope) -> Result<Totals, ExportError> {
    let list = |texts: &[String]| texts.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ");
    let moment = |time: Option<Timestamp>, open: &str| {
        time.map_or_else(|| open.to_owned(), |time| format!("make_timestamp({})", time.0))
    };
    let mut sql = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        sql,
        "SET VARIABLE wanted_sessions = [{}]::VARCHAR[]; SET VARIABLE wanted_principals = [{}]::VARCHAR[]; \
         SET VARIABLE since = {}; SET VARIABLE until = {};\n{SCOPE}\n{TOTALS}",
        list(&scope.sessions),
        list(&scope.principals),
        moment(scope.from, "'-infinity'::TIMESTAMP"),
        moment(scope.to, "'infinity'::TIMESTAMP"),
    );
    Ok(rows(case, &sql)?.into_iter().next().unwrap_or_default())
}

fn facts(case: &Case) -> Result<BTreeMap<String, String>, ExportError> {
    let mut facts = BTreeMap::new();
    for batch in case.query("SELECT key, value FROM case_info WHERE value IS NOT NULL")? {
        let (keys, values) = (Columns(&batch).text("key")?, Columns(&batch).text("value")?);
        facts.extend((0..keys.len()).map(|row| (keys.value(row).to_owned(), values.value(row).to_owned())));
    }
    Ok(facts)
}

/// The search that the saved Sigma hits come from.
fn sigma_search(case: &Case) -> Result<Option<SigmaSearch>, ExportError> {
    let Some(search) = case.info(sigma::SEARCH_KEY)? else { return Ok(None) };
    let search: Search = serde_json::from_str(&search)?;
    let counted: Vec<EventCount> = rows(case, "SELECT count(*) AS events FROM events")?;
    let events = counted.first().map_or(0, |count| count.events);
    Ok(Some(SigmaSearch { later_events: events.saturating_sub(search.events), search }))
}

#[derive(Deserialize)]
struct EventCount {
    events: u64,
}

fn bins(case: &Case, totals: &Totals) -> Result<Bins, ExportError> {
    let (first, last) = (totals.counts.first_event.unwrap_or_default(), totals.counts.last_event.unwrap_or_default());
    let seconds = Bins::seconds_for(first, last);
    Ok(Bins { seconds, rows: rows(case, &format!("SET VARIABLE bin = {seconds};\n{BINS}"))? })
}

/// The most important lines, ordered by time. CloudTrail's times have whole seconds: in one second, what creates a resource
/// is first, because it is used afterwards, and what deletes one is last.
fn lines(case: &Case) -> Result<Listed<Entry>, ExportError> {
    let query = format!(
        "SELECT * FROM ({}) ORDER BY time, CASE kind WHEN 'create' THEN 0 WHEN 'delete' THEN 2 ELSE 1 END, id",
        bounded(LINES, MOST_LINES)
    );
    let mut lines = Listed { rows: Vec::new(), total: 0 };
    for batch in case.query(&query)? {
        let totals = Columns(&batch).integer("total")?;
        lines.total = totals.iter().flatten().next().and_then(|total| u64::try_from(total).ok()).unwrap_or(lines.total);
        lines.rows.extend(Entry::read(&batch)?);
    }
    Ok(lines)
}

/// The first rows of a query with row numbers, each with the total number of rows.
fn bounded(query: &str, most: usize) -> String {
    format!("SELECT *, count(*) OVER () AS total FROM ({query}\n) ORDER BY place LIMIT {most}")
}

/// A row, and the total number of rows.
#[derive(Deserialize)]
struct Counted<T> {
    total: u64,
    #[serde(flatten)]
    row: T,
}

fn listed<T: DeserializeOwned>(case: &Case, query: &str, most: usize) -> Result<Listed<T>, ExportError> {
    let rows: Vec<Counted<T>> = rows(case, &bounded(query, most))?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok(Listed { rows: rows.into_iter().map(|counted| counted.row).collect(), total })
}

/// The rows of a query as a type with one field per column. Times are in microseconds since 1970.
pub(super) fn rows<T: DeserializeOwned>(case: &Case, query: &str) -> Result<Vec<T>, ExportError> {
    let batches = case.query(query)?;
    let mut json = ArrayWriter::new(Vec::new());
    json.write_batches(&batches.iter().collect::<Vec<_>>())?;
    json.finish()?;
    Ok(serde_json::from_slice(&json.into_inner())?)
}
