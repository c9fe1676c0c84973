//! What can be asked, and who answers.

mod case;
mod entities;
mod export;
mod hunts;
mod signal;
mod sql;
mod timeline;

use axum::Router;
use axum::http::Uri;
use axum::routing::{any, get, post};

use super::ServeError;
use super::state::Shared;

/// The addresses below `/api`.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/case", get(case::case))
        .route("/api/sessions", get(case::sessions))
        .route("/api/actors/{id}", get(case::actor))
        .route("/api/coverage", get(case::coverage))
        .route("/api/timeline", get(timeline::timeline))
        .route("/api/density", get(timeline::density))
        .route("/api/facets", get(timeline::facets))
        .route("/api/signals/{id}", get(signal::signal))
        .route("/api/signals/{id}/events", get(signal::events))
        .route("/api/events/{id}", get(signal::event))
        .route("/api/entities", get(entities::entities))
        .route("/api/entities/types", get(entities::types))
        .route("/api/entities/seen", get(entities::seen))
        .route("/api/hunts", get(hunts::hunts))
        .route("/api/sql", post(sql::sql))
        .route("/api/export", get(export::export))
        .route("/api/{*rest}", any(unknown))
}

async fn unknown(uri: Uri) -> ServeError {
    ServeError::missing(format!("{} was not found", uri.path()), "docs/serve.md lists the endpoints.")
}
