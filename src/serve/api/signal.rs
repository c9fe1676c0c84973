//! One signal with its events and its explanation; one event with its complete record.

use arrow::array::Array;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::batch::{Columns, read_events};
use crate::load::{self, ExplainError};
use crate::matching::ExplainSubject;
use crate::normalize::rebuild;
use crate::serve::ServeError;
use crate::serve::params::Params;
use crate::serve::rows::{self, Json, Listing, object, objects};
use crate::serve::state::{AppState, Shared};
use crate::signal::leads_to_console;
use crate::store::Case;

const SIGNAL: &str = include_str!("../../../sql/serve/signal.sql");
const SIGNAL_EVENTS: &str = include_str!("../../../sql/serve/signal_events.sql");
const SCREEN: &str = include_str!("../../../sql/serve/screen.sql");
const EVENT: &str = include_str!("../../../sql/serve/event.sql");
const EVENT_FACTS: &str = include_str!("../../../sql/serve/event_facts.sql");

/// `GET /api/signals/{id}`
pub(super) async fn signal(State(state): State<Shared>, Path(id): Path<String>) -> Result<Json, ServeError> {
    state
        .ask(move |state, case| {
            let row = object(&case.query_with(SIGNAL, std::slice::from_ref(&id))?)?;
            let mut answer = row.ok_or_else(|| unknown("signal", &id))?;
            // A case from someone else may contain any link.
            if let Some(url) = answer.pointer_mut("/signal/url")
                && !url.as_str().is_some_and(leads_to_console)
            {
                *url = Value::Null;
            }
            let session = answer.pointer("/signal/session_id").and_then(Value::as_str).unwrap_or_default();
            let why = why(state, case, session, &id)?;
            if let Some(members) = answer.as_object_mut() {
                members.insert("why".to_owned(), json!(why));
            }
            Ok(Json::from(&answer))
        })
        .await
}

/// The lines of an explanation, or one line stating that there is no explanation.
fn why(state: &AppState, case: &Case, session: &str, id: &str) -> Result<Vec<String>, ServeError> {
    let explained = match load::explain(case, &state.rules, session, true, ExplainSubject::Signal(id)) {
        Ok(explained) => explained,
        Err(none @ (ExplainError::OtherRules | ExplainError::Lost(_))) => return Ok(vec![none.to_string()]),
        Err(error) => return Err(error.into()),
    };
    Ok(rows::explanation(&explained)?.lines().map(str::to_owned).collect())
}

/// `GET /api/signals/{id}/screen`
pub(super) async fn screen(State(state): State<Shared>, Path(id): Path<String>) -> Result<Json, ServeError> {
    state.ask(move |_, case| Ok(Json(objects(&case.query_with(SCREEN, &[id])?)?))).await
}

/// `GET /api/signals/{id}/events`
pub(super) async fn events(
    State(state): State<Shared>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json, ServeError> {
    let paging = params.paging()?;
    let listing = Listing {
        setting: String::new(),
        sql: SIGNAL_EVENTS,
        params: vec![id, params.text("call")],
        order: "event_time, event_id".to_owned(),
    };
    state.ask(move |state, case| listing.page(case, &state.totals, paging)).await
}

/// `GET /api/events/{id}`
pub(super) async fn event(State(state): State<Shared>, Path(id): Path<String>) -> Result<Json, ServeError> {
    state
        .ask(move |_, case| {
            let batches = case.query_with(EVENT, std::slice::from_ref(&id))?;
            let batch = batches.iter().find(|batch| batch.num_rows() > 0).ok_or_else(|| unknown("event", &id))?;
            let events = read_events(batch)?;
            let (event, file) = events.first().ok_or_else(|| unknown("event", &id))?;
            let facts = object(&case.query_with(EVENT_FACTS, std::slice::from_ref(&id))?)?;
            let signals = Columns(batch).text("signal_id")?;
            Ok(Json::from(&json!({
                "event": rebuild(event)?,
                "facts": facts,
                "signal_id": signals.is_valid(0).then(|| signals.value(0)),
                "session_id": event.session_id,
                "source_file": file,
            })))
        })
        .await
}

fn unknown(what: &str, id: &str) -> ServeError {
    ServeError::missing(format!("there is no {what} {id:?}"), "The timeline shows the IDs of all signals and events.")
}
