//! The user's own queries.

use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;

use crate::serve::rows::Json;
use crate::serve::state::Shared;
use crate::serve::{ServeError, check_query};

/// The default and the maximum number of rows in an answer.
const ROWS: usize = 1000;
const MOST_ROWS: usize = 100_000;

/// The body of the request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SqlRequest {
    /// One or several statements.
    sql: String,
    /// The maximum number of rows returned for the last statement.
    limit: Option<usize>,
}

/// `POST /api/sql`
pub(super) async fn sql(State(state): State<Shared>, body: Bytes) -> Result<Json, ServeError> {
    let question: SqlRequest = serde_json::from_slice(&body).map_err(|error| {
        ServeError::asked(format!("invalid request: {error}"), r#"Post {"sql": "FROM sessions", "limit": 1000}."#)
    })?;
    check_query(&question.sql)?;
    state.queries.run(question.sql, question.limit.unwrap_or(ROWS).min(MOST_ROWS)).await
}
