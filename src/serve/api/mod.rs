//! The endpoints and their handlers.

mod case;
mod cases;
mod entities;
mod export;
mod hunts;
mod notes;
mod overview;
mod signal;
mod sql;
mod timeline;

use axum::Router;
use axum::http::Uri;
use axum::routing::{any, get, post};

use super::ServeError;
use super::served::ServedCase;

/// The paths below `/api`.
pub(super) fn routes() -> Router<ServedCase> {
    Router::new()
        .route("/api/cases", get(cases::cases))
        .route("/api/reopen", post(cases::reopen))
        .route("/api/case", get(case::case))
        .route("/api/overview", get(overview::overview))
        .route("/api/overview/open", get(overview::open))
        .route("/api/picture", get(overview::picture))
        .route("/api/notes", get(notes::notes).post(notes::change))
        .route("/api/notes/export", get(notes::export))
        .route("/api/notes/import", post(notes::import))
        .route("/api/sessions", get(case::sessions))
        .route("/api/actors/{id}", get(case::actor))
        .route("/api/coverage", get(case::coverage))
        .route("/api/timeline", get(timeline::timeline))
        .route("/api/timeline/place", get(timeline::place))
        .route("/api/density", get(timeline::density))
        .route("/api/facets", get(timeline::facets))
        .route("/api/signals/{id}", get(signal::signal))
        .route("/api/signals/{id}/screen", get(signal::screen))
        .route("/api/signals/{id}/events", get(signal::events))
        .route("/api/events/{id}", get(signal::event))
        .route("/api/entities", get(entities::entities))
        .route("/api/entities/types", get(entities::types))
        .route("/api/entities/principals", get(entities::principals))
        .route("/api/entities/seen", get(entities::seen))
        .route("/api/hunts", get(hunts::hunts))
        .route("/api/hunts/hits", get(hunts::hits))
        .route("/api/sql", post(sql::sql))
        .route("/api/export", get(export::export))
        .route("/api/{*rest}", any(unknown))
}

async fn unknown(uri: Uri) -> ServeError {
    ServeError::missing(format!("{} was not found", uri.path()), "docs/serve.md lists the endpoints.")
}
