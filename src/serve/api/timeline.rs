//! The timeline: its rows, their distribution over time, and its facets.

use axum::extract::State;
use serde_json::Value;

use super::notes;
use crate::serve::ServeError;
use crate::serve::lines::Asked;
use crate::serve::params::Params;
use crate::serve::rows::{Json, object};
use crate::serve::state::Shared;

const DENSITY: &str = include_str!("../../../sql/serve/density.sql");
const FACETS: &str = include_str!("../../../sql/serve/facets.sql");

/// The maximum and the default number of bins of a density.
const MOST_BINS: u64 = 400;
const BINS: u64 = 200;

/// `GET /api/timeline`
pub(super) async fn timeline(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let order = params.one_of("order", &[("asc", "asc"), ("desc", "desc")])?;
    let folded = params.one_of("folded", &[("false", false), ("true", true)])?;
    let line = params.one("line").map(str::to_owned);
    let (filter, paging) = (notes::noted(&state, &params).await?, params.paging()?);
    state
        .ask(move |state, case| {
            state.with_rows(case, &filter)?;
            match line {
                Some(line) => state.lines.rows_of(case, &filter, &line, paging),
                None => state.lines.page(case, Asked { filter: &filter, folded, order }, paging),
            }
        })
        .await
}

/// `GET /api/timeline/place`
pub(super) async fn place(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let order = params.one_of("order", &[("asc", "asc"), ("desc", "desc")])?;
    let folded = params.one_of("folded", &[("false", false), ("true", true)])?;
    let filter = notes::noted(&state, &params).await?;
    let id = params.text("id");
    state
        .ask(move |state, case| {
            state.with_rows(case, &filter)?;
            state.lines.place(case, Asked { filter: &filter, folded, order }, &id)
        })
        .await
}

/// `GET /api/density`
pub(super) async fn density(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let bins = params.number("bins", 1, MOST_BINS, BINS)?;
    one_row(state, &params, DENSITY, vec![bins.to_string()]).await
}

/// `GET /api/facets`
pub(super) async fn facets(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    one_row(state, &params, FACETS, Vec::new()).await
}

/// The single row of a query about filtered rows, as an object.
async fn one_row(state: Shared, params: &Params, sql: &'static str, values: Vec<String>) -> Result<Json, ServeError> {
    let filter = notes::noted(&state, params).await?;
    let row = state.ask(move |state, case| {
        state.with_rows(case, &filter)?;
        case.query(&filter.setting()?)?;
        object(&case.query_with(sql, &values)?)
    });
    Ok(Json::from(&row.await?.unwrap_or(Value::Null)))
}
