//! The cases of this server, and whether the file of the current case was replaced.

use axum::extract::State;
use serde_json::{Value, json};

use crate::serve::ServeError;
use crate::serve::rows::Json;
use crate::serve::served::ServedCase;

/// `GET /api/cases`
pub(super) async fn cases(State(case): State<ServedCase>) -> Json {
    listed(&case)
}

/// `POST /api/reopen`: opens the current file.
pub(super) async fn reopen(State(case): State<ServedCase>) -> Result<Json, ServeError> {
    case.reopen().await?;
    Ok(listed(&case))
}

fn listed(case: &ServedCase) -> Json {
    let (links, current) = case.links();
    let cases: Vec<Value> = links
        .iter()
        .map(|link| json!({ "file": link.file, "address": link.address, "current": link.file == current }))
        .collect();
    Json::from(&json!({ "replaced": case.is_replaced(), "cases": cases }))
}
