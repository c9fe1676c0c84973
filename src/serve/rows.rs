//! Rows as JSON: in pages, or single rows.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use arrow::record_batch::RecordBatch;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use foldhash::HashMap;
use serde_json::Value;

use super::ServeError;
use super::params::Paging;
use crate::matching::Explanation;
use crate::present;
use crate::store::Case;

/// The maximum number of cached totals and responses; when it is reached, the cache is cleared.
const REMEMBERED: usize = 1000;

/// The maximum size of the rows in one response, in bytes.
const MOST_BYTES: usize = 64 << 20;

/// An answer: JSON text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Json(pub(super) String);

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        Self(present::escape::json(&value.to_string()).into_owned())
    }
}

/// An explanation as text, without colors.
pub(super) fn explanation(explained: &Explanation) -> Result<String, ServeError> {
    let mut text = Vec::new();
    present::explanation(&mut text, explained, false).map_err(present::PresentError::from)?;
    Ok(anstream::adapter::strip_str(&String::from_utf8_lossy(&text)).to_string())
}

/// The total row counts of queries. A case does not change while it is served.
#[derive(Debug, Default)]
pub(super) struct Totals(Mutex<HashMap<Vec<String>, u64>>);

/// Slow responses, by request. A case does not change while it is served.
#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<HashMap<String, String>>);

impl Answers {
    /// The cached response, or the result of `work`.
    pub(super) fn of(
        &self,
        question: String,
        work: impl FnOnce() -> Result<Json, ServeError>,
    ) -> Result<Json, ServeError> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&question) {
            return Ok(Json(known.clone()));
        }
        let answer = work()?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(question, answer.0.clone());
        Ok(answer)
    }
}

/// Rows in pages: a complete query, in a total order.
#[derive(Debug, Clone)]
pub(super) struct Listing {
    /// A statement to run before it, if any.
    pub(super) setting: String,
    /// The query, with `$1`, `$2` … for its parameters.
    pub(super) sql: &'static str,
    /// The parameters.
    pub(super) params: Vec<String>,
    /// The columns to order by, with their directions.
    pub(super) order: String,
}

impl Listing {
    /// One page: `{"total": N, "rows": [...]}`.
    pub(super) fn page(&self, case: &Case, totals: &Totals, paging: Paging) -> Result<Json, ServeError> {
        if !self.setting.is_empty() {
            case.query(&self.setting)?;
        }
        let total = totals.of(self, case)?;
        let mut params = self.params.clone();
        let (limit, offset) = (params.len() + 1, params.len() + 2);
        params.extend([paging.limit.to_string(), paging.offset.to_string()]);
        let sql = format!(
            "FROM ({}) ORDER BY {} LIMIT CAST(${limit} AS BIGINT) OFFSET CAST(${offset} AS BIGINT)",
            self.sql, self.order
        );
        Ok(Json(format!(r#"{{"total":{total},"rows":{}}}"#, objects(&case.query_with(&sql, &params)?)?)))
    }
}

impl Totals {
    fn of(&self, listing: &Listing, case: &Case) -> Result<u64, ServeError> {
        let mut key = vec![listing.sql.to_owned(), listing.setting.clone()];
        key.extend_from_slice(&listing.params);
        if let Some(total) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(*total);
        }
        let counted = case.query_with(&format!("SELECT count(*) FROM ({})", listing.sql), &listing.params)?;
        let total = counted.first().and_then(|batch| batch.column(0).as_primitive_opt::<Int64Type>()?.iter().next()?);
        let total = total.and_then(|total| u64::try_from(total).ok()).unwrap_or_default();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, total);
        Ok(total)
    }
}

/// Rows as a JSON array of objects.
///
/// # Errors
/// [`ServeError::TooLarge`] if the array is too large.
pub(super) fn objects(batches: &[RecordBatch]) -> Result<String, ServeError> {
    let mut json = Bounded { bytes: Vec::new(), is_full: false };
    match present::objects(&mut json, batches) {
        Err(_) if json.is_full => Err(ServeError::TooLarge(MOST_BYTES)),
        written => {
            written?;
            Ok(String::from_utf8_lossy(&json.bytes).into_owned())
        }
    }
}

/// A text of limited size.
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MOST_BYTES {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The first row as a JSON value, if there is one.
pub(super) fn object(batches: &[RecordBatch]) -> Result<Option<Value>, ServeError> {
    let rows: Vec<Value> = serde_json::from_str(&objects(batches)?)?;
    Ok(rows.into_iter().next())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};

    use super::*;

    #[test]
    fn answers_are_limited() {
        let text = "x".repeat(MOST_BYTES / 4);
        let rows = |count: usize| {
            let column: ArrayRef = Arc::new(StringArray::from(vec![text.as_str(); count]));
            objects(&[RecordBatch::try_from_iter([("text", column)]).unwrap()])
        };
        assert!(rows(3).is_ok_and(|json| json.len() > 3 * text.len()));
        assert!(matches!(rows(4), Err(ServeError::TooLarge(MOST_BYTES))));
    }
}
