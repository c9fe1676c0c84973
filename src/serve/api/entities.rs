//! What was seen and touched: users, buckets, keys.

use axum::extract::State;

use crate::serve::ServeError;
use crate::serve::filter::Filter;
use crate::serve::params::Params;
use crate::serve::rows::{Json, Listing, objects};
use crate::serve::state::Shared;

const ENTITIES: &str = include_str!("../../../sql/serve/entities.sql");
const TYPES: &str = include_str!("../../../sql/serve/entity_types.sql");
const PRINCIPALS: &str = include_str!("../../../sql/serve/entity_principals.sql");
const SEEN: &str = include_str!("../../../sql/serve/seen.sql");

/// What things can be sorted by.
const SORTS: [&str; 9] = [
    "first_time",
    "last_time",
    "entity_type",
    "entity_value",
    "sightings",
    "changes",
    "touched",
    "touches",
    "sessions",
];

/// `GET /api/entities`
pub(super) async fn entities(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let sort = params.one_of("sort", &SORTS.map(|name| (name, name)))?;
    let direction = params.direction()?;
    let touched = params
        .one_of("touched", &["false", "true", "changed", "created", "deleted", "granted"].map(|name| (name, name)))?;
    let listing = Listing {
        setting: String::new(),
        sql: ENTITIES,
        params: vec![params.text("search"), params.text("type"), touched.to_owned(), params.text("principal")],
        order: format!("{sort} {direction} NULLS LAST, entity_type, entity_value"),
    };
    let paging = params.paging()?;
    state
        .ask(move |state, case| {
            state.with_entities(case)?;
            listing.page(case, &state.totals, paging)
        })
        .await
}

/// `GET /api/entities/types`
pub(super) async fn types(State(state): State<Shared>) -> Result<Json, ServeError> {
    all(state, TYPES).await
}

/// `GET /api/entities/principals`
pub(super) async fn principals(State(state): State<Shared>) -> Result<Json, ServeError> {
    all(state, PRINCIPALS).await
}

/// All rows of a query about things.
async fn all(state: Shared, sql: &'static str) -> Result<Json, ServeError> {
    state
        .ask(|state, case| {
            state.with_entities(case)?;
            Ok(Json(objects(&case.query(sql)?)?))
        })
        .await
}

/// `GET /api/entities/seen`
pub(super) async fn seen(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let needed = |name| {
        let value = params.one(name).map(str::to_owned);
        value.ok_or_else(|| ServeError::asked(format!("{name} is missing"), "Specify type and value."))
    };
    let listing = Listing {
        setting: Filter::of_thing(needed("type")?, needed("value")?).setting()?,
        sql: SEEN,
        params: Vec::new(),
        order: "time, id".to_owned(),
    };
    let paging = params.paging()?;
    state
        .ask(move |state, case| {
            state.with_timeline(case)?;
            listing.page(case, &state.totals, paging)
        })
        .await
}
