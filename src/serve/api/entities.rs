//! Entities that were seen and touched: users, buckets, keys.

use axum::extract::State;

use crate::serve::ServeError;
use crate::serve::filter::Filter;
use crate::serve::params::Params;
use crate::serve::rows::{Json, Listing, object, objects};
use crate::serve::state::Shared;

const ENTITIES: &str = include_str!("../../../sql/serve/entities.sql");
const TYPES: &str = include_str!("../../../sql/serve/entity_types.sql");
const PRINCIPALS: &str = include_str!("../../../sql/serve/entity_principals.sql");
const SEEN: &str = include_str!("../../../sql/serve/seen.sql");
const SEEN_COUNTS: &str = include_str!("../../../sql/serve/seen_counts.sql");
const SEEN_ROWS: &str = include_str!("../../../sql/serve/seen_rows.sql");

/// The sort keys of entities.
const SORTS: [&str; 12] = [
    "first_time",
    "last_time",
    "entity_type",
    "entity_value",
    "sightings",
    "changes",
    "attempts",
    "reads",
    "touched",
    "touches",
    "sessions",
    "weight",
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
        order: format!("{sort} {direction} NULLS LAST, changes DESC, entity_type, entity_value"),
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

/// All rows of a query about entities.
async fn all(state: Shared, sql: &'static str) -> Result<Json, ServeError> {
    state
        .ask(|state, case| {
            state.with_entities(case)?;
            Ok(Json(objects(&case.query(sql)?)?))
        })
        .await
}

/// `GET /api/entities/seen`: the history of one entity, with the number of rows for each principal and relation.
pub(super) async fn seen(State(state): State<Shared>, params: Params) -> Result<Json, ServeError> {
    let needed = |name| {
        let value = params.one(name).map(str::to_owned);
        value.ok_or_else(|| ServeError::asked(format!("{name} is missing"), "Specify type and value."))
    };
    let setting = Filter::of_thing(needed("type")?, needed("value")?).setting()?;
    let wanted = [params.text("principal"), params.text("relation")];
    let paging = params.paging()?;
    state
        .ask(move |state, case| {
            state.with_programs(case)?;
            case.query(&format!("{setting};\n{SEEN}"))?;
            let counts = object(&case.query_with(SEEN_COUNTS, &wanted)?)?;
            let [principal, relation] = wanted;
            let part = [principal, relation, paging.limit.to_string(), paging.offset.to_string()];
            let rows = objects(&case.query_with(SEEN_ROWS, &part)?)?;
            let mut answer = Json::from(&counts.unwrap_or_default()).0;
            // The counts are an object, to which the rows are added.
            answer.truncate(answer.trim_end().len().saturating_sub(1));
            Ok(Json(format!(r#"{answer},"rows":{rows}}}"#)))
        })
        .await
}
