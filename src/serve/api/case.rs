//! The case, its sessions, and its coverage.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::present;
use crate::serve::ServeError;
use crate::serve::params::Params;
use crate::serve::rows::{Json, Listing, object, objects};
use crate::serve::state::Shared;
use crate::store::COVERAGE_SUMS;

const CASE: &str = include_str!("../../../sql/serve/case.sql");
const SESSIONS: &str = include_str!("../../../sql/serve/sessions.sql");
const ACTOR: &str = include_str!("../../../sql/serve/actor.sql");

/// The sort keys of sessions.
const SORTS: [&str; 28] = [
    "first_time",
    "last_time",
    "seconds",
    "principal",
    "account_id",
    "identity_type",
    "mfa",
    "events",
    "console_events",
    "explained_events",
    "unexplained_events",
    "signals",
    "pages",
    "clicks",
    "changes",
    "secrets",
    "denied",
    "failed",
    "session_id",
    "weight",
    "findings",
    "attempts",
    "privilege_changes",
    "credentials_made",
    "defenses_weakened",
    "data_exposed",
    "secrets_read",
    "destroyed",
];

/// `GET /api/case`
pub(super) async fn case(State(state): State<Shared>) -> Result<Json, ServeError> {
    let row = state.ask(|_, case| object(&case.query(CASE)?)).await?;
    let mut summary = row.unwrap_or_default();
    if let Some(members) = summary.as_object_mut() {
        members.insert("file".to_owned(), json!(state.file));
        let names = present::report::techniques().map(|(id, name)| (id.to_owned(), json!(name)));
        members.insert("techniques".to_owned(), Value::Object(names.collect()));
        members.insert("tool_version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
    }
    Ok(Json::from(&summary))
}

/// `GET /api/sessions`
pub(super) async fn sessions(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let console = params.one_of("console", &["true", "false", "all"].map(|name| (name, name)))?;
    let notable = params.one_of("notable", &["false", "true"].map(|name| (name, name)))?;
    let sort = params.one_of("sort", &SORTS.map(|name| (name, name)))?;
    let direction = params.direction()?;
    let listing = Listing {
        setting: String::new(),
        sql: SESSIONS,
        params: vec![params.text("search"), console.to_owned(), notable.to_owned(), params.text("stands")],
        order: format!("{sort} {direction} NULLS LAST, session_id"),
    };
    let paging = params.paging()?;
    state.ask(move |state, case| listing.page(case, &state.totals, paging)).await
}

/// `GET /api/actors/{id}`
pub(super) async fn actor(State(state): State<Shared>, Path(id): Path<String>) -> Result<Json, ServeError> {
    state
        .ask(move |_, case| {
            let actor = object(&case.query_with(ACTOR, std::slice::from_ref(&id))?)?;
            let advice = "The list of sessions shows their IDs.";
            Ok(Json::from(&actor.ok_or_else(|| ServeError::missing(format!("there is no session {id:?}"), advice))?))
        })
        .await
}

/// `GET /api/coverage`
pub(super) async fn coverage(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let by = [("session", "session_id, principal, account_id"), ("service", "service")];
    let by = params.one_of("by", &by)?;
    let session = [params.text("session")];
    state
        .ask(move |state, case| {
            state.with_entities(case)?;
            let of_session = "FROM served.coverage WHERE $1 IN ('', session_id)";
            let totals = object(&case.query_with(&format!("SELECT {COVERAGE_SUMS} {of_session}"), &session)?)?;
            let order = format!("sum(visits + generic_changes) DESC, sum(unexplained_events) DESC, {by}");
            let lines = format!("SELECT {by}, {COVERAGE_SUMS} {of_session} GROUP BY {by} ORDER BY {order}");
            let rows = objects(&case.query_with(&lines, &session)?)?;
            Ok(Json(format!(r#"{{"totals":{},"rows":{rows}}}"#, totals.unwrap_or_default())))
        })
        .await
}
